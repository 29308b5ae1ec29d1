// What the specification demands of any driver's pool, judged from the events that a driver has.
//
// EventCheckers know the decisions R1 to R22 and every field of our events. Here nothing but the
// specification counts, and a log may come from many threads. What is taken for granted of it:
// - what changes a pool takes effect as one step after the other (A-POOL-1);
// - an event is emitted by the thread that makes the step, where the specification puts it:
// Started,
//   Ready and CheckedIn before the step, all others after it. Events of other threads may come
//   between the two, however many, so that an event may be late;
// - the events of one connection are in order, and so are those of the pool itself: PoolReady,
//   PoolCleared and PoolClosed are emitted before the next such step (SDAM makes them under a
//   lock).
// A rule here holds of each log that such a pool can write. Often it is broken for certain only
// when a later event proves that an earlier one was not merely late.
//
// Left out: what needs times, or a check-out's identity (first come, first served; outcomes at
// deadlines), and the order of close() (A-CLS-1): a check-in under way may close its connection
// after PoolClosed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pool/api/events.hpp"
#include "pool/api/requests.hpp"
#include "sim/checkers/observed_pool.hpp"
#include "sim/checkers/violation.hpp"

namespace cmap::sim {

/// What a log tells of a pool as a whole.
struct ToldOfPool {
  /// As PoolCreated shows them. Nothing: it does not, and rules that need them are left out.
  std::optional<PoolOptions> options{};
  /// A PoolCleared of this pool names a service: clear() pauses nothing (A-LB-3).
  bool load_balanced = false;
};

/// A clause that SpecificationCheckers judge, and what a log must tell for it.
struct JudgedClause {
  /// `end`: that the log has one (finish_complete).
  enum class Needs : std::uint8_t { nothing, options, durations, end };

  std::string_view clause;
  Needs needs = Needs::nothing;
};
std::span<const JudgedClause> judged_clauses();

/// A Created that is one too many, unless enough of those that seem alive are closed already.
class Excess {
 public:
  /// `event`: number of the Created. `doubtful`: the ids of those that may be closed, of which
  /// `too_many` must be.
  Excess(const Rule& rule, std::uint64_t event, std::size_t too_many,
         std::vector<ConnectionId> doubtful, std::string detail)
      : rule_(rule),
        event_(event),
        too_many_(too_many),
        doubtful_(std::move(doubtful)),
        detail_(std::move(detail)) {}

  /// An event of the connection shows that it was alive at that time.
  void was_alive(ConnectionId id) { std::erase(doubtful_, id); }
  /// It is closed now, and may have been so then.
  void may_have_been_closed(ConnectionId id) {
    if (too_many_ > 0 && std::erase(doubtful_, id) > 0) --too_many_;
  }

  [[nodiscard]] bool is_excused() const { return too_many_ == 0; }
  [[nodiscard]] bool is_proved() const { return doubtful_.size() < too_many_; }
  [[nodiscard]] const Rule& rule() const { return rule_; }
  [[nodiscard]] std::uint64_t event() const { return event_; }
  [[nodiscard]] const std::string& detail() const { return detail_; }

 private:
  Rule rule_;
  std::uint64_t event_;
  std::size_t too_many_;
  std::vector<ConnectionId> doubtful_;
  std::string detail_;
};

/// Which connection ids were given, however out of order their Created come.
class GivenIds {
 public:
  [[nodiscard]] bool contains(ConnectionId id) const {
    return id > ConnectionId::none && (id <= dense_ || after_gap_.contains(id));
  }
  /// Not one that it contains, nor one below 1.
  void add(ConnectionId id);
  /// How many are missing below the highest.
  [[nodiscard]] std::int64_t missing() const;

 private:
  ConnectionId dense_ = ConnectionId::none;  ///< all up to here
  std::set<ConnectionId> after_gap_;
};

/// Give it the events of one pool in the order of the log, PoolCreated first. Of an event it looks
/// at the type, the connection's id, reasons, durations (0 if there is none) and serviceId.
class SpecificationCheckers {
 public:
  explicit SpecificationCheckers(const ToldOfPool& told);

  /// Nothing is looked at any more after the first violation.
  void observe(const Event& event);

  /// Optional, at the end of a log that ends when nothing goes on any more: every check-out has
  /// ended, every connection was checked in, and no event is still to come. Connections whose peers
  /// never answer may stay pending, but not on a closed pool.
  void finish_complete();

  [[nodiscard]] const std::optional<Violation>& violation() const { return report_.violation(); }
  /// The event, counted from 1, that is wrong in the light of the last one observed.
  [[nodiscard]] std::uint64_t wrong_event() const { return wrong_event_; }

 private:
  struct Connection {
    ConnectionLife life = ConnectionLife::pending;
    std::int64_t clears_when_created = 0;
    std::int64_t clears_when_ready = 0;
    std::optional<std::int64_t> clears_when_checked_in{};
    /// It was current when there had been so many clears. Nothing: its Created may have been late.
    std::optional<std::int64_t> known_current{};
  };

  /// An event that is right only if one of the pool's own events comes soon.
  struct Debt {
    std::uint64_t event = 0;
    Rule rule;
  };

  /// `wrong_event`: if the last one only shows it.
  template <typename Detail>
  bool demand(bool holds, const Rule& rule, const Detail& detail,
              std::optional<std::uint64_t> wrong_event = std::nullopt);
  void demand_paid(const std::optional<Debt>& debt, std::string_view missing);

  void judge(const Event& event);
  void judge_pool_event(const Event& event);
  void judge_connection_event(const Event& event, ConnectionId id);

  void on_pool_ready();
  void on_pool_cleared();
  void on_pool_closed();
  void on_check_out_started();
  void on_check_out_failed(const ConnectionCheckOutFailedEvent& failed);
  void on_created(ConnectionId id);
  void on_ready(ConnectionId id, Connection& connection, Duration duration);
  void on_checked_out(ConnectionId id, Connection& connection, Duration duration);
  void on_checked_in(ConnectionId id, Connection& connection);
  void on_closed(ConnectionId id, const Connection& connection, ConnectionClosedReason reason);

  // Parts of these.
  void check_new_id(ConnectionId id);
  void check_may_create();
  void check_limits(ConnectionId id);
  void check_limit(ConnectionId created, const Rule& rule, std::size_t count, std::int64_t limit,
                   ConnectionLife among);
  void check_hand_out(const Connection& connection);
  void check_close_reason(const Connection& connection, ConnectionClosedReason reason);
  void check_closed_by_close();
  void check_duration(Duration duration);
  /// `refused`: with reason poolClosed.
  void end_check_out(bool refused);
  /// Close() took effect before the event at hand.
  void note_close();
  void prove_alive(ConnectionId id);
  void judge_excesses();
  void move(Connection& connection, ConnectionLife life);

  [[nodiscard]] bool may_be_stale(const Connection& connection) const {
    return !connection.known_current || *connection.known_current < clears_;
  }
  [[nodiscard]] std::int64_t most_late_creations() const;
  [[nodiscard]] std::string counts_text() const;

  const bool load_balanced_;
  const bool options_told_;
  const ResolvedPoolOptions options_;

  std::uint64_t events_ = 0;
  std::uint64_t wrong_event_ = 0;
  Report report_;

  PoolState state_ = PoolState::paused;
  /// PoolReady or a PoolCleared without serviceId was seen: not the silent pool of A-LB-9.
  bool pauses_ = false;
  bool close_seen_ = false;
  std::int64_t clears_ = 0;

  std::uint64_t check_outs_ = 0;  ///< without outcome
  /// At most so many of them started before the last PoolCleared.
  std::uint64_t before_clear_ = 0;
  /// At most so many of them started before close() was noticed.
  std::uint64_t before_close_ = 0;
  /// No check-out was under way since the pool is paused.
  bool quiet_ = true;
  /// At most so many Created can still be late, on a pool that was cleared or closed.
  std::int64_t late_creations_ = 0;

  std::optional<Debt> owes_pool_ready_;
  std::optional<Debt> owes_pool_cleared_;
  std::optional<Debt> owes_pool_closed_;
  /// Created before the first PoolReady, and for no check-out.
  std::optional<std::uint64_t> populated_early_;

  GivenIds ids_;
  std::map<ConnectionId, Connection> connections_;  ///< not closed yet
  PoolCounts counts_;                               ///< of these
  std::set<ConnectionId> closed_in_use_;            ///< and not checked in yet
  std::int64_t closed_by_close_ = 0;
  std::vector<Excess> excesses_;
};

}  // namespace cmap::sim
