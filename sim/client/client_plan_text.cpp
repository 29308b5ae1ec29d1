// A plan as people read it: what there is, then a line for everything that happens.
#include <algorithm>
#include <string>
#include <string_view>

#include "pool/client/read_preference_field.hpp"
#include "sim/client/client_plan.hpp"

namespace cmap::sim {
namespace {

/// "20 ms", "0.419 ms".
std::string milliseconds_of(Duration time) {
  const auto count = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  std::string text = std::to_string(count / 1000);
  if (count % 1000 != 0) text += '.' + std::to_string(1000 + count % 1000).substr(1);
  return text + " ms";
}

std::string_view text_of(Trouble::Commands commands) {
  switch (commands) {
    case Trouble::Commands::hellos:
      return "hellos";
    case Trouble::Commands::authentication:
      return "steps of authentication";
    case Trouble::Commands::operations:
      return "operations";
  }
  return "?";
}

std::string_view text_of(serve::ErrorVersion version) {
  switch (version) {
    case serve::ErrorVersion::none:
      return "";
    case serve::ErrorVersion::older:
      return " of an older topologyVersion";
    case serve::ErrorVersion::same:
      return " of this topologyVersion";
    case serve::ErrorVersion::newer:
      return " of a new topologyVersion";
  }
  return "?";
}

std::string text_of(const Trouble& trouble) {
  const std::string next = "the next " + std::string(text_of(trouble.commands));
  switch (trouble.how) {
    case Trouble::How::breaks:
      return " ends the connections of " + next;
    case Trouble::How::errors:
      return " answers " + next + " with error " + std::to_string(trouble.code) +
             std::string(text_of(trouble.version));
    case Trouble::How::delays:
      return " delays " + next + " by " + milliseconds_of(trouble.time);
  }
  return "?";
}

std::string text_of_servers(const ClientPlan& plan) {
  using Kind = serve::Deployment::Kind;
  const serve::Deployment::Options& servers = plan.deployment.servers;
  const std::string count = std::to_string(servers.members);
  switch (servers.kind) {
    case Kind::standalone:
      return "a standalone server";
    case Kind::replica_set:
      return "a replica set of " + count + ", elections take " +
             milliseconds_of(plan.deployment.election_time);
    case Kind::load_balanced:
      return plan.client.load_balanced
                 ? "a load balancer in front of " + std::to_string(servers.services)
                 : count + " mongos";
  }
  return "?";
}

std::string text_of_deployment(const ClientPlan& plan) {
  return text_of_servers(plan) + ", messages take " + milliseconds_of(plan.deployment.latency);
}

std::string text_of_pools(const PoolOptions& pool) {
  std::string text;
  const auto add_number = [&](const char* name, const std::optional<std::int64_t>& number) {
    if (number) text += std::string(", ") + name + ' ' + std::to_string(*number);
  };
  const auto add_time = [&](const char* name, const std::optional<Duration>& time) {
    if (time) text += std::string(", ") + name + ' ' + milliseconds_of(*time);
  };
  add_number("maxPoolSize", pool.max_pool_size);
  add_number("minPoolSize", pool.min_pool_size);
  add_number("maxConnecting", pool.max_connecting);
  add_time("maxIdleTimeMS", pool.max_idle_time);
  add_time("waitQueueTimeoutMS", pool.wait_queue_timeout);
  return text;
}

std::string text_of_timeouts(const ClientOptions& client) {
  std::string text = ", heartbeatFrequencyMS " + milliseconds_of(client.heartbeat_frequency);
  text += ", connectTimeoutMS " + milliseconds_of(client.connect_timeout);
  text += ", serverSelectionTimeoutMS " + milliseconds_of(client.server_selection_timeout);
  text += ", localThresholdMS " + milliseconds_of(client.local_threshold);
  if (client.timeout) text += ", timeoutMS " + milliseconds_of(*client.timeout);
  if (client.socket_timeout) text += ", socketTimeoutMS " + milliseconds_of(*client.socket_timeout);
  return text;
}

std::string text_of_client(const ClientPlan& plan) {
  const ClientOptions& client = plan.client;
  const bool polls = client.server_monitoring_mode == ServerMonitoringMode::poll;
  std::string text = "a client that ";
  text += client.load_balanced ? "does not monitor" : polls ? "polls" : "streams";
  text += text_of_pools(client.pool) + text_of_timeouts(client);
  if (client.direct_connection) text += ", connected directly to " + plan.seeds.front().text();
  if (!client.replica_set.empty()) {
    text += plan.has_wrong_set_name() ? ", as if it were of the set " : ", of the set ";
    text += client.replica_set;
  }
  if (client.credential) text += ", authenticates";
  return text;
}

}  // namespace

std::string text_of(const Happening& happening) {
  using Kind = Happening::Kind;
  const std::string member = SimulatedDeployment::address(happening.member).host();
  switch (happening.kind) {
    case Kind::step_down:
      return "the primary steps down";
    case Kind::kill:
      return member + " is killed";
    case Kind::restart:
      return member + " is restarted";
    case Kind::remove:
      return member + " leaves the set";
    case Kind::add:
      return member + " joins the set";
    case Kind::lose_configuration:
      return "the primary steps down, the last change of the set is lost";
    case Kind::cut_off:
      return member + " is cut off";
    case Kind::reconnect:
      return member + " is in touch again";
    case Kind::slow_down:
      return "messages to " + member + " take " + milliseconds_of(happening.latency);
    case Kind::trouble:
      return member + text_of(happening.trouble);
  }
  return "?";
}

std::string text_of(const ClientCall& call) {
  using Kind = ClientCall::Kind;
  const std::string until = call.timeout ? " within " + milliseconds_of(*call.timeout) : "";
  const std::string where = " (" + std::string(mode_name(call.mode)) + ")";
  switch (call.kind) {
    case Kind::hold:
      return "check-out" + where + until + ", held for " + milliseconds_of(call.hold);
    case Kind::ping:
      return "ping" + where + until;
    case Kind::insert:
      return "insert" + until;
    case Kind::hold_for_write:
      return "check-out (write)" + until + ", held for " + milliseconds_of(call.hold);
  }
  return "?";
}

std::vector<std::string> plan_lines(const ClientPlan& plan) {
  std::vector<std::pair<Duration, std::string>> lines;
  for (const Happening& each : plan.happenings) lines.emplace_back(each.at, text_of(each));
  for (const ClientCall& each : plan.calls) lines.emplace_back(each.at, text_of(each));
  if (plan.closes_early) lines.emplace_back(*plan.closes_early, "the client is closed");
  lines.emplace_back(plan.trouble_ends, "all is well again");
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> texts{text_of_deployment(plan), text_of_client(plan)};
  for (const auto& [time, text] : lines) texts.push_back(milliseconds_of(time) + ": " + text);
  return texts;
}

}  // namespace cmap::sim
