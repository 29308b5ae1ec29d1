// What the topology and the monitors want done, done under the client's lock, in order.
#include <algorithm>
#include <utility>

#include "pool/client/client_shell.hpp"
#include "pool/client/describe_server.hpp"
#include "pool/guarded_call.hpp"

namespace cmap {

// --- The topology's ------------------------------------------------------------------------------

void ClientShell::apply_topology_effects(TimePoint now) {
  while (!topology_outbox_.empty()) {
    TopologyOutbox effects;
    effects.swap(topology_outbox_);
    // The heartbeat of a monitor ends before its server is said to be gone (D-MON-7).
    for (const TopologyEffect& effect : effects) {
      if (const auto* stop = std::get_if<StopMonitor>(&effect)) apply(*stop, now);
    }
    for (TopologyEffect& effect : effects) {
      if (std::holds_alternative<StopMonitor>(effect)) continue;
      std::visit([&](auto& each) { apply(each, now); }, effect);
    }
  }
}

void ClientShell::apply(TopologyEvent& event, TimePoint) {
  announce(&ClientListener::topology, std::move(event));
}

void ClientShell::apply(const MakePool& effect, TimePoint) {
  PoolHooks hooks{.callback_failed = callback_failed_};
  for (const ListenerPtr& listener : *listeners_) {
    if (!listener->on.pool) continue;
    hooks.listeners.emplace_back([listener](const Event& event) {
      if (!listener->ended) listener->on.pool(event);
    });
  }
  PoolOwner owner{.deliveries = deliveries_};
  owner.judge = [weak = weak_from_this()](const PoolShell& pool, const ConnectionFailure& failure) {
    const auto client = weak.lock();
    return client ? client->judge(pool, failure) : ErrorVerdict::keep;
  };
  owner.learn = [weak = weak_from_this()](const PoolShell& pool, Generation generation,
                                          const std::vector<std::uint8_t>& hello) {
    if (const auto client = weak.lock()) client->learn(pool, generation, hello);
  };
  const auto pool = std::make_shared<PoolShell>(effect.address, pool_options_, environment_,
                                                std::move(hooks), std::move(owner));
  pools_.push_back(pool);
  owed_ = pool->start_undelivered();
}

void ClientShell::apply(const ReadyPool& effect, TimePoint) {
  owed_ = find_pool(effect.address)->apply_undelivered([](PoolCore& core, TimePoint now) {
    core.ready(now);
  });
}

void ClientShell::apply(const ClearPool& effect, TimePoint) {
  owed_ = find_pool(effect.address)->apply_undelivered([&](PoolCore& core, TimePoint now) {
    if (effect.service) {
      core.clear_service(*effect.service, now);
    } else {
      core.clear({.interrupt_in_use_connections = effect.interrupt_in_use_connections,
                  .cause = effect.cause},
                 now);
    }
  });
}

void ClientShell::apply(const ClosePool& effect, TimePoint) {
  const auto pool = find_pool(effect.address);
  owed_ = pool->apply_undelivered([](PoolCore& core, TimePoint now) { core.close(now); });
  pool->leave_to_handles();
  std::erase(pools_, pool);
  ended_.push_back(pool);
}

void ClientShell::apply(const StartMonitor& effect, TimePoint now) {
  last_watch_ = next(last_watch_);
  watches_.push_back(std::make_shared<ServerWatch>(last_watch_, effect.address, monitor_options_));
  watches_.back()->monitor.start(now);
}

void ClientShell::apply(const StopMonitor& effect, TimePoint now) {
  const auto watch = find_watch(effect.address);
  watch->monitor.close(now);
  apply_effects_of(*watch, now);
  std::erase(watches_, watch);
}

void ClientShell::apply(const RequestCheck& effect, TimePoint now) {
  if (const auto watch = find_watch(effect.address)) watch->monitor.request_check(now);
}

void ClientShell::apply(const CancelCheck& effect, TimePoint now) {
  if (const auto watch = find_watch(effect.address)) watch->monitor.cancel_check(now);
}

// --- The monitors' -------------------------------------------------------------------------------

/// False if no monitor wanted anything.
bool ClientShell::apply_monitor_effects(TimePoint now) {
  const auto busy = std::find_if(watches_.begin(), watches_.end(),
                                 [](const auto& watch) { return !watch->outbox.empty(); });
  if (busy == watches_.end()) return false;
  const auto watch = *busy;  // may be removed by what it reports
  apply_effects_of(*watch, now);
  return true;
}

void ClientShell::apply_effects_of(ServerWatch& watch, TimePoint now) {
  MonitorOutbox effects;
  effects.swap(watch.outbox);
  for (MonitorEffect& effect : effects) {
    std::visit([&](auto& each) { apply(watch, each, now); }, effect);
  }
}

void ClientShell::apply(ServerWatch&, HeartbeatEvent& event, TimePoint) {
  event.topology_id = topology_.id();
  announce(&ClientListener::heartbeat, std::move(event));
}

void ClientShell::apply(ServerWatch& watch, const OpenMonitorConnection& effect, TimePoint) {
  append([self = shared_from_this(), id = watch.id, address = watch.monitor.address(),
          connection = effect.connection] {
    const auto open = [&] { self->links_.open(self, self->environment_, id, address, connection); };
    if (!guarded_call(open, self->callback_failed_)) self->fail_monitor(id, address, connection);
  });
}

void ClientShell::apply(ServerWatch& watch, SendHello& effect, TimePoint) {
  append([self = shared_from_this(), id = watch.id, address = watch.monitor.address(),
          effect = std::move(effect)] {
    const auto send = [&] { self->links_.send(id, effect); };
    if (!guarded_call(send, self->callback_failed_)) {
      self->fail_monitor(id, address, effect.connection);
    }
  });
}

/// Through the same door as every other failure of a transport.
void ClientShell::fail_monitor(WatchId id, const Address& address, MonitorConnectionId connection) {
  const ErrorPtr error =
      establishment_error(address, NetworkFault::refused, EstablishmentPhase::connect);
  report(id, [&](Monitor& monitor, TimePoint now) { monitor.failed(connection, error, now); });
}

void ClientShell::apply(ServerWatch& watch, const CloseMonitorConnection& effect, TimePoint) {
  append([self = shared_from_this(), id = watch.id, connection = effect.connection] {
    self->links_.close(id, connection);
  });
}

void ClientShell::apply(ServerWatch& watch, const CheckSucceeded& effect, TimePoint now) {
  ServerDescription server = describe_server(watch.monitor.address(), *effect.reply);
  server.round_trip_time = effect.round_trip_time;
  server.minimum_round_trip_time = effect.min_round_trip_time;
  topology_.server_checked(std::move(server), now);
  apply_topology_effects(now);
  watch.monitor.resume(now);
}

void ClientShell::apply(ServerWatch& watch, const CheckFailed& effect, TimePoint now) {
  topology_.check_failed(watch.monitor.address(), effect.error, now);
  apply_topology_effects(now);
  watch.monitor.resume(now);
}

}  // namespace cmap
