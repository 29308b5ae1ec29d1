// What cannot be, and what the parts get.
#include "pool/client/client_setup.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace cmap {
namespace {

std::string in_milliseconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

void check_hosts(const std::vector<Address>& hosts, const ClientOptions& options,
                 std::vector<OptionError>& errors) {
  const std::string count = std::to_string(hosts.size());
  if (hosts.empty()) errors.push_back({"hosts", count, "at least one"});
  if (hosts.size() > 1 && options.direct_connection) {
    errors.push_back({"hosts", count, "one with directConnection"});
  }
  if (hosts.size() > 1 && options.load_balanced) {
    errors.push_back({"hosts", count, "one with loadBalanced"});
  }
  if (options.load_balanced && (options.direct_connection || !options.replica_set.empty())) {
    errors.push_back({"loadBalanced", "true", "false with directConnection or replicaSet"});
  }
}

void check_times(const ClientOptions& options, std::vector<OptionError>& errors) {
  const auto at_least = [&](std::string_view name, Duration value, Duration least) {
    if (value >= least) return;
    errors.push_back(
        {name, in_milliseconds(value), "a number from " + in_milliseconds(least) + " on"});
  };
  constexpr Duration none{0};
  constexpr Duration some = std::chrono::milliseconds(1);
  at_least("heartbeatFrequencyMS", options.heartbeat_frequency, min_heartbeat_frequency);
  at_least("connectTimeoutMS", options.connect_timeout, none);
  at_least("socketTimeoutMS", options.socket_timeout.value_or(none), none);
  at_least("serverSelectionTimeoutMS", options.server_selection_timeout, some);
  at_least("localThresholdMS", options.local_threshold, none);
  at_least("timeoutMS", options.timeout.value_or(none), none);
}

bool streams(ServerMonitoringMode mode, const ClientIdentity& identity) {
  switch (mode) {
    case ServerMonitoringMode::automatic:
      return !identity.on_function_service;
    case ServerMonitoringMode::stream:
      return true;
    case ServerMonitoringMode::poll:
      return false;
  }
  return true;
}

}  // namespace

std::vector<OptionError> validate(const std::vector<Address>& hosts, const ClientOptions& options) {
  std::vector<OptionError> errors;
  check_hosts(hosts, options, errors);
  check_times(options, errors);
  for (OptionError& error : validate(pool_options(options))) errors.push_back(std::move(error));
  return errors;
}

std::vector<OptionError> compare(const ClientOptions& options, const ClientAbilities& abilities) {
  std::vector<OptionError> errors;
  const auto need = [&](std::string_view name, bool wanted, bool able) {
    if (wanted && !able) {
      errors.push_back({name, "set", "an environment that is made with it, see network_options"});
    }
  };
  need("tls", options.tls.enabled, abilities.tls);
  need("credential", options.credential.has_value(), abilities.credential);
  need("loadBalanced", options.load_balanced, abilities.load_balanced);
  return errors;
}

PoolOptions pool_options(const ClientOptions& options) {
  PoolOptions pool = options.pool;
  pool.load_balanced = options.load_balanced;
  if (!pool.establishment_timeout) pool.establishment_timeout = options.connect_timeout;
  if (!pool.handshake_timeout) {
    pool.handshake_timeout = options.timeout ? options.timeout : options.socket_timeout;
  }
  return pool;
}

TopologyOptions topology_options(const std::vector<Address>& hosts, const ClientOptions& options) {
  TopologyOptions topology{.seeds = hosts,
                           .direct_connection = options.direct_connection,
                           .load_balanced = options.load_balanced};
  if (!options.replica_set.empty()) topology.replica_set = options.replica_set;
  return topology;
}

MonitorOptions monitor_options(const ClientOptions& options, const ClientIdentity& identity) {
  return {.heartbeat_frequency = options.heartbeat_frequency,
          .connect_timeout = options.connect_timeout,
          .streaming = streams(options.server_monitoring_mode, identity),
          .client_metadata = identity.client_metadata,
          .server_api = identity.server_api};
}

}  // namespace cmap
