// Opening, closing, and how a new description becomes events and work for pools and monitors.
#include "pool/topology/topology_core.hpp"

#include <algorithm>
#include <utility>

#include "pool/api/assert.hpp"
#include "pool/topology/discovery.hpp"

namespace cmap {
namespace {

void normalise_seeds(std::vector<Address>& seeds) {
  std::vector<Address> kept;
  for (const Address& seed : seeds) {
    const Address lower = seed.in_lower_case();
    if (std::find(kept.begin(), kept.end(), lower) == kept.end()) kept.push_back(lower);
  }
  seeds = std::move(kept);
}

/// D-RS-1.
TopologyDescription initial(const TopologyOptions& options) {
  TopologyDescription topology;
  if (options.load_balanced) {
    topology.type = TopologyType::load_balanced;
  } else if (options.direct_connection) {
    topology.type = TopologyType::single;
  } else if (options.replica_set) {
    topology.type = TopologyType::replica_set_no_primary;
  }
  topology.set_name = options.replica_set;
  for (const Address& seed : options.seeds) {
    topology.servers.push_back(std::make_shared<const ServerDescription>(unknown_server(seed)));
  }
  return topology;
}

const TopologyPtr& no_servers() {
  static const TopologyPtr none = std::make_shared<const TopologyDescription>();
  return none;
}

}  // namespace

TopologyCore::TopologyCore(TopologyId id, const TopologyOptions& options, TopologyOutbox& outbox)
    : id_(id), options_(options), outbox_(outbox), description_(no_servers()) {
  normalise_seeds(options_.seeds);
  CMAP_ASSERT(!options_.seeds.empty());
  CMAP_ASSERT(options_.seeds.size() == 1 || !(options_.direct_connection || is_load_balanced()));
}

void TopologyCore::open(TimePoint now) {
  CMAP_ASSERT(life_ == Life::created);
  life_ = Life::open;
  now_ = now;
  emit(TopologyOpeningEvent{});
  const TopologyPtr before =
      std::exchange(description_, std::make_shared<const TopologyDescription>(initial(options_)));
  emit(TopologyDescriptionChangedEvent{before, description_});
  for (const ServerPtr& server : description_->servers) emit(ServerOpeningEvent{server->address});
  if (is_load_balanced()) {
    ServerDescription balancer = unknown_server(options_.seeds.front());
    balancer.type = ServerType::load_balancer;
    return apply(std::move(balancer), now);
  }
  start_added(*before);
}

void TopologyCore::close(TimePoint now) {
  if (life_ == Life::open) {
    now_ = now;
    const TopologyPtr before = std::exchange(description_, no_servers());
    for (const ServerPtr& server : before->servers) emit(ServerClosedEvent{server->address});
    emit(TopologyDescriptionChangedEvent{before, description_});
    emit(TopologyClosedEvent{});
    stop_removed(*before);
  }
  life_ = Life::closed;
}

void TopologyCore::server_checked(ServerDescription description, TimePoint now) {
  const ServerDescription* const known = description_->find(description.address);
  if (known == nullptr || is_load_balanced()) return;
  if (description.type == ServerType::unknown) {
    CMAP_ASSERT(description.error != nullptr);
    return check_failed(description.address, description.error, now);
  }
  if (is_older(description.topology_version, known->topology_version)) return;
  apply(std::move(description), now);
}

void TopologyCore::check_failed(const Address& address, ErrorPtr error, TimePoint now) {
  CMAP_ASSERT(error != nullptr);
  if (description_->find(address) == nullptr || is_load_balanced()) return;
  const bool timed_out = error->type == ErrorType::network && error->fault == NetworkFault::timeout;
  apply(unknown_server(address, error), now);
  clear_pool(address, timed_out, error);
}

// --- From a description to effects -----------------------------------------------------------

void TopologyCore::apply(ServerDescription server, TimePoint now) {
  now_ = now;
  server.last_update_time = now;
  Discovery found = discover(*description_, std::move(server), options_.seeds.size() == 1);
  const TopologyPtr before = std::exchange(
      description_, std::make_shared<const TopologyDescription>(std::move(found.topology)));
  announce(*before, found.server);
  if (*before != *description_) emit(TopologyDescriptionChangedEvent{before, description_});
  stop_removed(*before);
  start_added(*before);
  if (description_->find(found.server.address) != nullptr) ready_pool(found.server);
  for (const Address& address : found.stale_primaries) request_check(address);
}

/// The server that was heard of comes first, even if it is removed: its description says why.
void TopologyCore::announce(const TopologyDescription& before, const ServerDescription& reported) {
  const auto announce_change = [&](const ServerDescription& changed) {
    for (const ServerPtr& known : before.servers) {
      if (known->address != changed.address || *known == changed) continue;
      emit(ServerDescriptionChangedEvent{known->address, known,
                                         std::make_shared<const ServerDescription>(changed)});
    }
  };
  announce_change(reported);
  for (const ServerPtr& server : description_->servers) {
    if (server->address != reported.address) announce_change(*server);
  }
  for (const ServerPtr& server : description_->servers) {
    if (before.find(server->address) == nullptr) emit(ServerOpeningEvent{server->address});
  }
  for (const ServerPtr& server : before.servers) {
    if (description_->find(server->address) == nullptr) emit(ServerClosedEvent{server->address});
  }
}

/// D-SD-7.
void TopologyCore::stop_removed(const TopologyDescription& before) {
  for (const ServerPtr& server : before.servers) {
    const Address& address = server->address;
    if (description_->find(address) != nullptr) continue;
    if (!is_load_balanced()) outbox_.emplace_back(StopMonitor{address});
    if (!has_pool(address)) continue;
    outbox_.emplace_back(ClosePool{address});
    std::erase_if(pools_, [&](const Pool& pool) { return pool.address == address; });
  }
}

void TopologyCore::start_added(const TopologyDescription& before) {
  for (const ServerPtr& server : description_->servers) {
    if (is_load_balanced() || before.find(server->address) != nullptr) continue;
    outbox_.emplace_back(StartMonitor{server->address});
  }
}

/// D-SD-1.
void TopologyCore::ready_pool(const ServerDescription& server) {
  if (!needs_pool(*description_, server.type)) return;
  if (!has_pool(server.address)) {
    outbox_.emplace_back(MakePool{server.address});
    pools_.push_back({server.address, false});
  }
  find_pool(server.address)->ready = true;
  outbox_.emplace_back(ReadyPool{server.address});
}

void TopologyCore::clear_pool(const Address& address, bool interrupt, const ErrorPtr& cause) {
  Pool* const pool = find_pool(address);
  if (pool == nullptr) return;
  pool->ready = false;
  outbox_.emplace_back(
      ClearPool{.address = address, .interrupt_in_use_connections = interrupt, .cause = cause});
}

void TopologyCore::request_check(const Address& address) {
  if (!is_load_balanced()) outbox_.emplace_back(RequestCheck{address});
}

// --- What there is ---------------------------------------------------------------------------

TopologyCore::Pool* TopologyCore::find_pool(const Address& address) {
  const auto found = std::find_if(pools_.begin(), pools_.end(),
                                  [&](const Pool& pool) { return pool.address == address; });
  return found == pools_.end() ? nullptr : &*found;
}

bool TopologyCore::has_pool(const Address& address) const {
  return std::any_of(pools_.begin(), pools_.end(),
                     [&](const Pool& pool) { return pool.address == address; });
}

void TopologyCore::check_invariants() const {
  const std::vector<ServerPtr>& servers = description_->servers;
  CMAP_ASSERT(life_ == Life::open || servers.empty());
  for (const Pool& pool : pools_) CMAP_ASSERT(description_->find(pool.address) != nullptr);
  for (const ServerPtr& server : servers) {
    const auto is_its = [&](const Pool& pool) { return pool.address == server->address; };
    const auto pool = std::find_if(pools_.begin(), pools_.end(), is_its);
    CMAP_ASSERT(!needs_pool(*description_, server->type) || (pool != pools_.end() && pool->ready));
  }
  const auto primaries = std::count_if(servers.begin(), servers.end(), [](const ServerPtr& server) {
    return server->type == ServerType::rs_primary;
  });
  const bool with_primary = description_->type == TopologyType::replica_set_with_primary;
  const bool without = description_->type == TopologyType::replica_set_no_primary;
  CMAP_ASSERT(!with_primary || primaries == 1);
  CMAP_ASSERT(!without || primaries == 0);
}

}  // namespace cmap
