// Composes streams of events by hand, for tests of the checkers: right unless told otherwise.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sim/checkers/event_checkers.hpp"
#include "sim/checkers/specification_checkers.hpp"

namespace cmap::sim {

/// Each call appends one event with the counts, durations and errors that a correct pool would
/// give it; nothing keeps the calls from describing an incorrect pool. `last()` is there to be
/// spoiled.
class EventStream {
 public:
  explicit EventStream(const PoolOptions& options = {}) : options_(options) {}

  EventStream& at(std::int64_t milliseconds) {
    now_ = TimePoint{} + std::chrono::milliseconds(milliseconds);
    return *this;
  }

  EventStream& pool_created() {
    return add(
        ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>(non_default(options_))});
  }
  EventStream& pool_ready() { return add(ConnectionPoolReadyEvent{}); }
  EventStream& pool_cleared(bool interrupt = false) {
    return add(ConnectionPoolClearedEvent{std::nullopt, interrupt});
  }
  EventStream& service_cleared() {
    return add(ConnectionPoolClearedEvent{ServiceId(), std::nullopt});
  }
  EventStream& pool_closed() { return add(ConnectionPoolClosedEvent{}); }

  EventStream& start(std::int64_t check_out) {
    started_[check_out] = now_;
    add(ConnectionCheckOutStartedEvent{CheckOutId{check_out}});
    ++counts_.waiting;
    return *this;
  }
  /// For a check-out, which leaves the queue, or for none.
  EventStream& create(std::int64_t connection, std::int64_t check_out = 0) {
    created_[connection] = now_;
    ++counts_.pending;
    if (check_out != 0) {
      bound_[check_out] = connection;
      --counts_.waiting;
    }
    return add(ConnectionCreatedEvent{ConnectionId{connection}});
  }
  EventStream& ready(std::int64_t connection) {
    --counts_.pending;
    ++counts_.available;
    return add(ConnectionReadyEvent{ConnectionId{connection}, now_ - created_[connection]});
  }
  EventStream& out(std::int64_t connection, std::int64_t check_out) {
    --counts_.available;
    ++counts_.in_use;
    end(check_out);
    return add(ConnectionCheckedOutEvent{ConnectionId{connection}, now_ - started_[check_out],
                                         CheckOutId{check_out}});
  }
  EventStream& in(std::int64_t connection) {
    --counts_.in_use;
    ++counts_.available;
    return add(ConnectionCheckedInEvent{ConnectionId{connection}});
  }
  EventStream& close_pending(std::int64_t connection, ConnectionClosedReason reason) {
    --counts_.pending;
    return add(closed(connection, reason));
  }
  EventStream& close_available(std::int64_t connection, ConnectionClosedReason reason) {
    --counts_.available;
    return add(closed(connection, reason));
  }
  EventStream& close_in_use(std::int64_t connection, ConnectionClosedReason reason) {
    --counts_.in_use;
    return add(closed(connection, reason));
  }
  EventStream& fail(std::int64_t check_out, CheckOutFailedReason reason,
                    std::optional<ErrorType> type = std::nullopt) {
    end(check_out);
    return add(ConnectionCheckOutFailedEvent{
        reason, now_ - started_[check_out], CheckOutId{check_out},
        std::make_shared<const Error>(Error{.type = type.value_or(usual_error(reason))})});
  }

  EventStream& add(EventBody body) {
    events_.push_back(Event{Address(), now_, counts_, std::move(body)});
    return *this;
  }

  // The usual beginnings.

  EventStream& begin() { return pool_created().pool_ready(); }
  /// Check-out `n` gets a new connection `n`.
  EventStream& check_out_new(std::int64_t n) { return start(n).create(n, n).ready(n).out(n, n); }

  [[nodiscard]] Event& last() { return events_.back(); }
  template <typename Body>
  [[nodiscard]] Body& last_body() {
    return std::get<Body>(events_.back().body);
  }

  /// Of all checkers; with the demands at rest if asked for.
  [[nodiscard]] std::optional<Violation> violation(bool at_rest = false) const {
    EventCheckers checkers(options_);
    for (const Event& event : events_) checkers.observe(event);
    if (at_rest) checkers.finish_quiescent();
    return checkers.violation();
  }
  /// "A-POOL-4", or "none: ..." with the message where there is none to compare with.
  [[nodiscard]] std::string clause(bool at_rest = false) const {
    const auto found = violation(at_rest);
    return found ? found->clause : "none";
  }

  /// The events as they are, seen by those who know the specification alone.
  [[nodiscard]] SpecificationCheckers specification(bool complete = false) const {
    SpecificationCheckers checkers({options_, options_.load_balanced});
    for (const Event& event : events_) checkers.observe(event);
    if (complete) checkers.finish_complete();
    return checkers;
  }
  /// "A-POOL-4", or "none".
  [[nodiscard]] std::string specified_clause(bool complete = false) const {
    const auto checkers = specification(complete);
    return checkers.violation() ? checkers.violation()->clause : "none";
  }

 private:
  static ConnectionClosedEvent closed(std::int64_t connection, ConnectionClosedReason reason) {
    return {ConnectionId{connection}, reason, nullptr};
  }

  static ErrorType usual_error(CheckOutFailedReason reason) {
    switch (reason) {
      case CheckOutFailedReason::pool_closed:
        return ErrorType::pool_closed;
      case CheckOutFailedReason::timeout:
        return ErrorType::wait_queue_timeout;
      case CheckOutFailedReason::connection_error:
        break;
    }
    return ErrorType::pool_cleared;
  }

  void end(std::int64_t check_out) {
    if (bound_.erase(check_out) == 0 && counts_.waiting > 0) --counts_.waiting;
  }

  PoolOptions options_;
  TimePoint now_;
  PoolCounts counts_;
  std::map<std::int64_t, TimePoint> started_;
  std::map<std::int64_t, TimePoint> created_;
  std::map<std::int64_t, std::int64_t> bound_;
  std::vector<Event> events_;
};

}  // namespace cmap::sim
