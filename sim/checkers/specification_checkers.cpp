// Each demand with the reason why no correct pool breaks it, whatever its threads do.
#include "sim/checkers/specification_checkers.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "sim/checkers/rules.hpp"
#include "sim/trace.hpp"

namespace cmap::sim {
namespace {

constexpr Rule given_once{"A-CON-2", "each connection of a pool has an id of its own"};
constexpr Rule closed_for_good{
    "A-POOL-3", "a closed pool stays closed: no PoolReady, no PoolCleared, no new connection"};
constexpr Rule refused_when_closed{
    "A-CLS-3", "a check-out that starts on a closed pool fails with reason poolClosed"};
constexpr Rule announced_before{"A-RDY-2",
                                "PoolReady is seen before anything is created in the background"};
constexpr Rule perished_are_closed{"A-OUT-2",
                                   "a connection that has perished is closed and not handed out"};
constexpr Rule never_negative{"A-EV-2", "durations come from a monotonic clock"};

using Needs = JudgedClause::Needs;

constexpr std::array all_judged{
    JudgedClause{"A-CON-1"},
    JudgedClause{"A-CON-2"},
    JudgedClause{"A-CON-3"},
    JudgedClause{"A-POOL-3"},
    JudgedClause{"A-POOL-4", Needs::options},
    JudgedClause{"A-POOL-5", Needs::options},
    JudgedClause{"A-OPT-4", Needs::options},
    JudgedClause{"A-RDY-1"},
    JudgedClause{"A-RDY-2"},
    JudgedClause{"A-CLR-2"},
    JudgedClause{"A-CLR-4"},
    JudgedClause{"A-CLR-9"},
    JudgedClause{"A-CLS-1", Needs::end},
    JudgedClause{"A-CLS-2"},
    JudgedClause{"A-CLS-3"},
    JudgedClause{"A-POP-1"},
    JudgedClause{"A-OUT-2"},
    JudgedClause{"A-OUT-5"},
    JudgedClause{"A-IN-2"},
    JudgedClause{"A-EV-2", Needs::durations},
    JudgedClause{"A-EV-3"},
};

/// A pool that breaks a limit breaks it often; the first ones are enough.
constexpr std::size_t most_excesses = 16;

}  // namespace

std::span<const JudgedClause> judged_clauses() { return all_judged; }

void GivenIds::add(ConnectionId id) {
  after_gap_.insert(id);
  while (!after_gap_.empty() && *after_gap_.begin() == next(dense_)) {
    dense_ = next(dense_);
    after_gap_.erase(after_gap_.begin());
  }
}

std::int64_t GivenIds::missing() const {
  if (after_gap_.empty()) return 0;
  return number(*after_gap_.rbegin()) - number(dense_) -
         static_cast<std::int64_t>(after_gap_.size());
}

SpecificationCheckers::SpecificationCheckers(const ToldOfPool& told)
    : load_balanced_(told.load_balanced),
      options_told_(told.options.has_value()),
      options_(resolve(told.options.value_or(PoolOptions{}))) {}

template <typename Detail>
bool SpecificationCheckers::demand(bool holds, const Rule& rule, const Detail& detail,
                                   std::optional<std::uint64_t> wrong_event) {
  if (!holds && !report_.failed()) wrong_event_ = wrong_event.value_or(events_);
  return report_.demand(holds, rule, detail);
}

void SpecificationCheckers::demand_paid(const std::optional<Debt>& debt, std::string_view missing) {
  if (!debt) return;
  demand(
      false, debt->rule, [&] { return "no " + std::string(missing) + " explains it"; },
      debt->event);
}

void SpecificationCheckers::observe(const Event& event) {
  if (report_.failed()) return;
  ++events_;
  judge(event);
}

void SpecificationCheckers::judge(const Event& event) {
  switch (event.type()) {
    case EventType::pool_created:
    case EventType::pool_ready:
    case EventType::pool_cleared:
    case EventType::pool_closed:
      return judge_pool_event(event);
    case EventType::check_out_started:
      return on_check_out_started();
    case EventType::check_out_failed:
      return on_check_out_failed(*std::get_if<ConnectionCheckOutFailedEvent>(&event.body));
    case EventType::connection_created:
      return on_created(connection_of(event.body));
    case EventType::connection_ready:
    case EventType::connection_closed:
    case EventType::checked_out:
    case EventType::checked_in:
      return judge_connection_event(event, connection_of(event.body));
  }
}

void SpecificationCheckers::judge_pool_event(const Event& event) {
  if (event.type() == EventType::pool_ready) return on_pool_ready();
  if (event.type() == EventType::pool_cleared) return on_pool_cleared();
  if (event.type() == EventType::pool_closed) return on_pool_closed();
}

void SpecificationCheckers::judge_connection_event(const Event& event, ConnectionId id) {
  const bool checked_in = event.type() == EventType::checked_in;
  // Closed under its holder, who does not know it.
  if (checked_in && closed_in_use_.erase(id) > 0) return;
  const auto found = connections_.find(id);
  const bool is_alive = demand(found != connections_.end(), only_while_alive, [&] {
    return name_of(id) + (ids_.contains(id) ? " is closed" : " was never created");
  });
  if (!is_alive) return;
  Connection& connection = found->second;
  if (const auto* ready = std::get_if<ConnectionReadyEvent>(&event.body)) {
    on_ready(id, connection, ready->duration);
  } else if (const auto* out = std::get_if<ConnectionCheckedOutEvent>(&event.body)) {
    on_checked_out(id, connection, out->duration);
  } else if (const auto* closed = std::get_if<ConnectionClosedEvent>(&event.body)) {
    on_closed(id, connection, closed->reason);
  } else if (checked_in) {
    on_checked_in(id, connection);
  }
}

// ---- the pool's own events, which are in order

void SpecificationCheckers::on_pool_ready() {
  demand(state_ != PoolState::closed, closed_for_good, [] { return "PoolClosed was seen"; });
  demand(state_ != PoolState::ready, pool_ready_once, [] { return "the pool is ready already"; });
  if (populated_early_) {
    demand(
        false, announced_before, [] { return "PoolReady comes after it"; }, populated_early_);
  }
  state_ = PoolState::ready;
  pauses_ = true;
  owes_pool_ready_.reset();
}

void SpecificationCheckers::on_pool_cleared() {
  demand(state_ != PoolState::closed, closed_for_good, [] { return "PoolClosed was seen"; });
  owes_pool_cleared_.reset();
  ++clears_;
  if (load_balanced_) return;  // pauses nothing (A-LB-3)
  demand(state_ == PoolState::ready, cleared_once, [] { return "the pool was paused"; });
  state_ = PoolState::paused;
  pauses_ = true;
  before_clear_ = check_outs_;
  quiet_ = check_outs_ == 0;
  if (!close_seen_) late_creations_ = most_late_creations();
}

void SpecificationCheckers::on_pool_closed() {
  note_close();
  // A pool that never says PoolReady may be behind a load balancer (A-LB-9).
  if (pauses_ && !load_balanced_) demand_paid(owes_pool_ready_, "PoolReady");
  demand_paid(owes_pool_cleared_, "PoolCleared");
  owes_pool_closed_.reset();
  state_ = PoolState::closed;
}

void SpecificationCheckers::note_close() {
  if (std::exchange(close_seen_, true)) return;
  before_close_ = check_outs_;
  late_creations_ = most_late_creations();
}

/// Those whose step came before that of clear() or close() are pending, and Created comes next.
std::int64_t SpecificationCheckers::most_late_creations() const {
  return options_told_ ? options_.max_connecting : std::numeric_limits<std::int64_t>::max();
}

// ---- check-outs, of which nobody knows which is which

void SpecificationCheckers::on_check_out_started() {
  ++check_outs_;
  quiet_ = false;
}

void SpecificationCheckers::on_check_out_failed(const ConnectionCheckOutFailedEvent& failed) {
  const bool refused = failed.reason == CheckOutFailedReason::pool_closed;
  if (refused) {
    note_close();
    if (state_ != PoolState::closed && !owes_pool_closed_) {
      owes_pool_closed_ = Debt{events_, close_is_one_step};
    }
  }
  end_check_out(refused);
  check_duration(failed.duration);
}

void SpecificationCheckers::end_check_out(bool refused) {
  // Started is emitted before anything else is done.
  const bool started =
      demand(check_outs_ > 0, one_outcome, [] { return "no check-out is under way"; });
  if (!started) return;
  if (close_seen_ && !refused) {
    demand(before_close_ > 0, refused_when_closed,
           [] { return "all check-outs under way started after close()"; });
    --before_close_;
  }
  --check_outs_;
  before_clear_ = std::min(before_clear_, check_outs_);
  before_close_ = std::min(before_close_, check_outs_);
}

void SpecificationCheckers::check_duration(Duration duration) {
  demand(duration >= Duration::zero(), never_negative,
         [&] { return "duration " + milliseconds_text(duration) + " ms"; });
}

// ---- connections, each of whose events are in order

void SpecificationCheckers::on_created(ConnectionId id) {
  check_new_id(id);
  if (report_.failed()) return;
  Connection connection{.clears_when_created = clears_};
  // Later its Created may be late, and the connection older than the last PoolCleared.
  if (clears_ == 0) connection.known_current = 0;
  connections_.emplace(id, connection);
  ++counts_.pending;
  check_may_create();
  check_limits(id);
}

void SpecificationCheckers::check_new_id(ConnectionId id) {
  const bool positive =
      demand(id > ConnectionId::none, dense_ids, [&] { return "the id is not positive"; });
  const bool unique =
      demand(!ids_.contains(id), given_once, [&] { return name_of(id) + " was created before"; });
  if (!positive || !unique) return;
  ids_.add(id);
  // The missing ones are pending, and their Created are late.
  demand(!options_told_ || ids_.missing() <= options_.max_connecting, dense_ids, [&] {
    return std::to_string(ids_.missing()) + " ids below " + std::to_string(number(id)) +
           " were never seen, maxConnecting=" + std::to_string(options_.max_connecting);
  });
}

void SpecificationCheckers::check_may_create() {
  if (state_ == PoolState::ready && !close_seen_) return;
  if (load_balanced_ && !close_seen_) return;
  if (late_creations_ > 0) {
    --late_creations_;
  } else if (close_seen_) {
    demand(false, closed_for_good, [] { return "close() was seen"; });
  } else if (!quiet_) {
    // For a check-out, between ready() and its PoolReady.
    if (!owes_pool_ready_) owes_pool_ready_ = Debt{events_, creates_when_ready};
  } else if (pauses_) {
    demand(false, creates_when_ready, [] { return "the pool is paused, and nobody checks out"; });
  } else if (!populated_early_) {
    populated_early_ = events_;
  }
}

void SpecificationCheckers::check_limits(ConnectionId id) {
  if (!options_told_) return;
  check_limit(id, within_max_connecting, counts_.pending, options_.max_connecting,
              ConnectionLife::pending);
  if (options_.max_pool_size == 0) return;
  check_limit(id, within_max_pool_size, connections_.size(), options_.max_pool_size,
              ConnectionLife::in_use);
}

/// Counts those up to `among`. A connection leaves the counts before its Closed, which may be late;
/// whoever holds one has it until CheckedIn, unless a clear interrupts it. The new one is there,
/// unless its Created is so late that a clear ended it.
void SpecificationCheckers::check_limit(ConnectionId created, const Rule& rule, std::size_t count,
                                        std::int64_t limit, ConnectionLife among) {
  const auto allowed = static_cast<std::size_t>(limit);
  if (count <= allowed || excesses_.size() == most_excesses) return;
  std::vector<ConnectionId> doubtful;
  for (const auto& [id, connection] : connections_) {
    const bool held = connection.life == ConnectionLife::in_use || id == created;
    const bool is_there = held && !may_be_stale(connection);
    if (connection.life <= among && !is_there) doubtful.push_back(id);
  }
  excesses_.emplace_back(rule, events_, count - allowed, std::move(doubtful),
                         counts_text() + ", the limit is " + std::to_string(limit));
  judge_excesses();
}

void SpecificationCheckers::on_ready(ConnectionId id, Connection& connection, Duration duration) {
  demand(connection.life == ConnectionLife::pending, connection_ready_once,
         [&] { return name_of(id) + " is " + std::string(life_name(connection.life)); });
  check_duration(duration);
  move(connection, ConnectionLife::available);
  connection.clears_when_ready = clears_;
  prove_alive(id);
}

void SpecificationCheckers::on_checked_out(ConnectionId id, Connection& connection,
                                           Duration duration) {
  const auto detail = [&] {
    return name_of(id) + " is " + std::string(life_name(connection.life));
  };
  demand(connection.life != ConnectionLife::pending, established_first, detail);
  demand(connection.life != ConnectionLife::in_use, one_holder, detail);
  check_duration(duration);
  if (report_.failed()) return;
  check_hand_out(connection);
  end_check_out(false);
  // The check-in found it current, or it would have closed it.
  if (connection.clears_when_checked_in)
    connection.known_current = connection.clears_when_checked_in;
  move(connection, ConnectionLife::in_use);
  prove_alive(id);
}

/// Whoever started after PoolCleared comes after the clear: only the others may get a connection of
/// before, or on a pool that is paused. They are known by their number alone.
void SpecificationCheckers::check_hand_out(const Connection& connection) {
  if (load_balanced_) return;
  // CheckedIn is emitted before the check-in looks at the generation.
  const bool was_checked_in_stale =
      connection.clears_when_checked_in &&
      connection.clears_when_created < *connection.clears_when_checked_in;
  demand(!was_checked_in_stale, perished_at_check_in,
         [] { return "it was cleared before it was checked in"; });
  const bool is_stale = connection.clears_when_ready < clears_;
  const bool is_paused = state_ == PoolState::paused && !close_seen_;
  if (!is_stale && !is_paused) return;
  if (before_clear_ > 0) {
    --before_clear_;
  } else if (is_stale) {
    demand(false, perished_are_closed, [] {
      return "it was ready before the last PoolCleared, and all check-outs under way started after";
    });
  } else if (!owes_pool_ready_) {
    owes_pool_ready_ = Debt{events_, serves_when_ready};
  }
}

void SpecificationCheckers::on_checked_in(ConnectionId id, Connection& connection) {
  demand(connection.life == ConnectionLife::in_use, checked_out_first,
         [&] { return name_of(id) + " is " + std::string(life_name(connection.life)); });
  if (report_.failed()) return;
  move(connection, ConnectionLife::available);
  connection.clears_when_checked_in = clears_;
  prove_alive(id);
}

void SpecificationCheckers::on_closed(ConnectionId id, const Connection& connection,
                                      ConnectionClosedReason reason) {
  check_close_reason(connection, reason);
  if (connection.life == ConnectionLife::in_use) {
    // Interrupted: whether it is closed at once is not in the text.
    const bool interrupted = may_be_stale(connection) || reason == ConnectionClosedReason::stale;
    demand(interrupted, close_seen_ ? closed_at_check_in : stays_with_holder,
           [&] { return name_of(id) + " is in use"; });
    closed_in_use_.insert(id);
  }
  for (Excess& excess : excesses_) excess.may_have_been_closed(id);
  judge_excesses();
  // Through the map: `connection` is gone with it.
  const ConnectionLife life = connection.life;
  --(life == ConnectionLife::pending     ? counts_.pending
     : life == ConnectionLife::available ? counts_.available
                                         : counts_.in_use);
  connections_.erase(id);
}

void SpecificationCheckers::check_close_reason(const Connection& connection,
                                               ConnectionClosedReason reason) {
  switch (reason) {
    case ConnectionClosedReason::stale:
      // Another thread may notice the clear before its PoolCleared is emitted. A fork, behind a
      // load balancer, may clear those without a service yet, and there is nothing to emit.
      if (connection.life == ConnectionLife::pending) return;
      if (!may_be_stale(connection) && !owes_pool_cleared_) {
        owes_pool_cleared_ = Debt{events_, really_stale};
      }
      return;
    case ConnectionClosedReason::idle:
      demand(connection.life != ConnectionLife::pending, really_idle,
             [] { return "it never became available"; });
      demand(!options_told_ || options_.max_idle_time > Duration::zero(), really_idle,
             [] { return "there is no maxIdleTimeMS"; });
      return;
    case ConnectionClosedReason::pool_closed:
      return check_closed_by_close();
    case ConnectionClosedReason::error:
      return;  // which no event tells
  }
}

/// All of them were alive at the step of close().
void SpecificationCheckers::check_closed_by_close() {
  note_close();
  if (state_ != PoolState::closed && !owes_pool_closed_) {
    owes_pool_closed_ = Debt{events_, close_is_one_step};
  }
  ++closed_by_close_;
  const bool limited = options_told_ && options_.max_pool_size != 0;
  demand(!limited || closed_by_close_ <= options_.max_pool_size, within_max_pool_size, [&] {
    return "close() ended " + std::to_string(closed_by_close_) +
           " connections, maxPoolSize=" + std::to_string(options_.max_pool_size);
  });
}

void SpecificationCheckers::prove_alive(ConnectionId id) {
  for (Excess& excess : excesses_) excess.was_alive(id);
  judge_excesses();
}

void SpecificationCheckers::judge_excesses() {
  for (const Excess& excess : excesses_) {
    demand(
        !excess.is_proved(), excess.rule(), [&] { return excess.detail(); }, excess.event());
  }
  std::erase_if(excesses_, [](const Excess& excess) { return excess.is_excused(); });
}

void SpecificationCheckers::move(Connection& connection, ConnectionLife life) {
  const auto count = [this](ConnectionLife which) -> std::uint32_t& {
    switch (which) {
      case ConnectionLife::pending:
        return counts_.pending;
      case ConnectionLife::available:
        return counts_.available;
      case ConnectionLife::in_use:
        break;
    }
    return counts_.in_use;
  };
  --count(connection.life);
  connection.life = life;
  ++count(life);
}

std::string SpecificationCheckers::counts_text() const {
  return "pending=" + std::to_string(counts_.pending) +
         " available=" + std::to_string(counts_.available) +
         " inUse=" + std::to_string(counts_.in_use);
}

// ---- the end

void SpecificationCheckers::finish_complete() {
  if (report_.failed()) return;
  const auto counts = [this] { return counts_text(); };
  demand(check_outs_ == 0, one_outcome, [&] { return std::to_string(check_outs_) + " have none"; });
  demand(counts_.in_use == 0, all_checked_in, counts);
  demand(state_ != PoolState::closed || connections_.empty(), all_closed, [&] {
    const auto& [id, connection] = *connections_.begin();
    return name_of(id) + " is " + std::string(life_name(connection.life));
  });
  demand(ids_.missing() == 0, dense_ids,
         [&] { return std::to_string(ids_.missing()) + " ids were never seen"; });
  if (pauses_ && !load_balanced_) demand_paid(owes_pool_ready_, "PoolReady");
  demand_paid(owes_pool_cleared_, "PoolCleared");
  demand_paid(owes_pool_closed_, "PoolClosed");
  for (const auto& [id, connection] : connections_) {
    // A pending one may have been given up without a word.
    if (connection.life != ConnectionLife::pending) prove_alive(id);
  }
}

}  // namespace cmap::sim
