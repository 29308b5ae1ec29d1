// Transitions of a client: one lock, then the delivery.
#include "pool/client/client_shell.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "pool/api/assert.hpp"
#include "pool/client/client_setup.hpp"
#include "pool/client/describe_server.hpp"

namespace cmap {
namespace {

TopologyId next_topology_id() {
  static std::atomic<std::uint64_t> last{0};
  return static_cast<TopologyId>(++last);
}

const ClientOptions& usable(const std::vector<Address>& hosts, const ClientOptions& options,
                            const ClientAbilities& abilities) {
  auto errors = validate(hosts, options);
  for (OptionError& error : compare(options, abilities)) errors.push_back(std::move(error));
  if (!errors.empty()) throw InvalidOptions(std::move(errors));
  return options;
}

template <typename Parts, typename Matches>
typename Parts::value_type find_part(const Parts& parts, Matches&& matches) {
  const auto found = std::find_if(parts.begin(), parts.end(), matches);
  return found == parts.end() ? nullptr : *found;
}

}  // namespace

ClientShell::ClientShell(std::vector<Address> hosts, const ClientOptions& options,
                         ClientEnvironment& environment, ClientHooks hooks)
    : hosts_(std::move(hosts)),
      options_(usable(hosts_, options, environment.identity().abilities)),
      pool_options_(pool_options(options)),
      environment_(environment),
      identity_(environment.identity()),
      monitor_options_(monitor_options(options_, identity_)),
      callback_failed_(std::move(hooks.callback_failed)),
      deliveries_(environment.make_delivery_queue()),
      topology_(next_topology_id(), topology_options(hosts_, options_), topology_outbox_) {
  auto listeners = std::make_shared<Listeners>();
  for (ClientListener& each : hooks.listeners) {
    listeners->push_back(std::make_shared<Listener>(std::move(each)));
  }
  set_listeners(std::move(listeners));
}

void ClientShell::make_timer() {
  // Weak: a timer that fires while the client goes must not bring it back.
  timer_ = environment_.make_timer([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->transit(false, [&](TimePoint now) {
      self->armed_ = never;
      for (const auto& watch : self->watches_) watch->monitor.advance(now);
    });
  });
}

void ClientShell::open() {
  transit(true, [this](TimePoint now) { open(now); });
}

void ClientShell::open(TimePoint now) {
  if (closed_ || std::exchange(opened_, true)) return;
  topology_.open(now);
}

void ClientShell::close() {
  transit(true, [this](TimePoint now) {
    if (std::exchange(closed_, true)) return;
    topology_.close(now);
  });
}

/// Until nothing follows from anything: topology first, then one monitor after the other.
void ClientShell::settle(TimePoint now) {
  do {
    do {
      apply_topology_effects(now);
    } while (apply_monitor_effects(now));
  } while (serve_selections(now));
  rearm_timer();
}

void ClientShell::rearm_timer() {
  TimePoint next = never;
  for (const auto& watch : watches_) {
    next = std::min(next, watch->monitor.next_deadline().value_or(never));
  }
  for (const WaitingSelection& waiting : selections_) {
    next = std::min(next, waiting.request.deadline);
  }
  if (next == armed_) return;
  armed_ = next;
  if (next != never) {
    timer_->arm(next);
  } else {
    timer_->disarm();
  }
}

void ClientShell::append(std::function<void()> call) {
  owed_ = deliveries_->append(std::move(call));
}

void ClientShell::set_listeners(std::shared_ptr<const Listeners> listeners) {
  listeners_ = std::move(listeners);
  selections_are_watched_ = std::any_of(listeners_->begin(), listeners_->end(),
                                        [](const auto& each) { return bool(each->on.selection); });
}

/// With the verdicts of D.2 carried out, there is nothing left for the pool to decide. The events
/// follow in their order: no transport waits for whoever listens.
ErrorVerdict ClientShell::judge(const PoolShell& pool, const ConnectionFailure& failure) {
  transit(false, [&](TimePoint now) {
    const auto mine = find_pool(pool.address());
    if (mine.get() != &pool) return;
    if (!failure.generation && !options_.load_balanced) return;  // it is gone already
    const Generation current = mine->read([&](const PoolCore& core) {
      return failure.service ? core.services().generation(*failure.service) : core.generation();
    });
    topology_.application_error(
        {.address = mine->address(),
         .error = failure.error,
         .phase = failure.established ? EstablishmentPhase::done : EstablishmentPhase::authenticate,
         .generation = failure.generation.value_or(current),
         .pool_generation = current,
         .service = failure.service,
         .topology_version = failure.error->topology_version},
        now);
  });
  return ErrorVerdict::keep;
}

/// D-SD-8. How fast the server answers is the monitor's to say. A connection from before a clear
/// tells of the past.
void ClientShell::learn(const PoolShell& pool, Generation generation, wire::ByteView hello) {
  const auto reply = wire::Document::parse(hello);
  if (!reply || options_.load_balanced) return;
  transit(false, [&](TimePoint now) {
    const auto mine = find_pool(pool.address());
    if (mine.get() != &pool) return;
    if (mine->read([](const PoolCore& core) { return core.generation(); }) != generation) return;
    ServerDescription server = describe_server(mine->address(), wire::HelloReply::from(*reply));
    const ServerDescription& known = *topology_.description()->find(mine->address());
    server.round_trip_time = known.round_trip_time;
    server.minimum_round_trip_time = known.minimum_round_trip_time;
    topology_.server_checked(std::move(server), now);
  });
}

std::function<void()> ClientShell::subscribe(ClientListener listener) {
  const auto added = std::make_shared<Listener>(std::move(listener));
  const std::lock_guard lock(mutex_);
  auto listeners = std::make_shared<Listeners>(*listeners_);
  listeners->push_back(added);
  set_listeners(std::move(listeners));
  std::vector<std::function<void()>> ends;
  for (const auto& pool : pools_) {
    if (added->on.pool) ends.push_back(pool->subscribe(added->on.pool, EventTimes::exact));
  }
  return [weak = weak_from_this(), added, ends = std::move(ends)] {
    added->ended = true;
    for (const auto& end : ends) end();
    const auto self = weak.lock();
    if (!self) return;
    const std::lock_guard its_lock(self->mutex_);
    auto left = std::make_shared<Listeners>(*self->listeners_);
    std::erase(*left, added);
    self->set_listeners(std::move(left));
  };
}

std::shared_ptr<ServerWatch> ClientShell::find_watch(WatchId id) const {
  return find_part(watches_, [&](const auto& watch) { return watch->id == id; });
}

std::shared_ptr<ServerWatch> ClientShell::find_watch(const Address& address) const {
  return find_part(watches_,
                   [&](const auto& watch) { return watch->monitor.address() == address; });
}

std::shared_ptr<PoolShell> ClientShell::find_pool(const Address& address) const {
  return find_part(pools_, [&](const auto& pool) { return pool->address() == address; });
}

bool ClientShell::is_closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

TopologyPtr ClientShell::description() const {
  const std::lock_guard lock(mutex_);
  return topology_.description();
}

std::vector<PoolSnapshot> ClientShell::pools() const {
  std::vector<PoolSnapshot> result;
  const std::lock_guard lock(mutex_);
  for (const auto& pool : pools_) {
    pool->read([&](const PoolCore& core) {
      result.push_back({.address = pool->address(),
                        .state = core.state(),
                        .generation = core.generation(),
                        .counts = core.counts()});
    });
  }
  return result;
}

void ClientShell::check_invariants() const {
  const std::lock_guard lock(mutex_);
  topology_.check_invariants();
  for (const ServerPtr& server : topology_.description()->servers) {
    if (!needs_pool(*topology_.description(), server->type)) continue;
    const auto pool = find_pool(server->address);
    CMAP_ASSERT(pool != nullptr);
    pool->read([](const PoolCore& core) { CMAP_ASSERT(core.state() == PoolState::ready); });
  }
  for (const auto& pool : pools_) {
    pool->read([](const PoolCore& core) { core.check_invariants(); });
  }
}

}  // namespace cmap
