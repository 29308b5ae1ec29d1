// Errors are seen where connections end: PoolCleared comes first, then ConnectionClosed.
#include "sim/client/pool_error_checker.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace cmap::sim {
namespace {

constexpr Rule current_generation{
    "D.2", "only an error of a connection that is not from before the last clear counts"};
constexpr Rule timeout_in_use_keeps{
    "D.2", "a network timeout of an established connection changes nothing"};
constexpr Rule ends_cleared{
    "D.2, D-AU-9",
    "an error of an establishment without the label SystemOverloadedError clears the pool, before "
    "the connection ends"};
constexpr Rule use_ends_cleared{
    "D.2",
    "a connection that breaks while a command uses it clears the pool, before it is checked in"};

constexpr bool is_labelled(const Error& error) {
  return has_label(error.labels, ErrorLabel::system_overloaded);
}

bool is_timeout(const Error& error) {
  return error.type == ErrorType::network && error.fault == NetworkFault::timeout;
}

bool is_same(const Error& error, const Error& other) {
  return error.type == other.type && error.code == other.code && error.fault == other.fault;
}

}  // namespace

void PoolErrorChecker::observe(const Event& event, Report& report) {
  const ConnectionId id = connection_of(event.body);
  switch (event.type()) {
    case EventType::connection_created:
      open_[id] = {.generation = generation_};
      break;
    case EventType::connection_ready:
      open_[id].is_ready = true;
      break;
    case EventType::pool_cleared:
      if (is_load_balanced_) expect_cause(nullptr, event.time);
      cleared_at_ = event.time;
      ++generation_;
      break;
    case EventType::pool_closed:
      is_closed_ = true;
      cause_.reset();
      break;
    case EventType::connection_closed:
      end(event, report);
      break;
    case EventType::checked_out:
      open_[id].is_in_use = true;
      open_[id].is_held = false;
      break;
    case EventType::checked_in:
      open_[id].is_in_use = false;
      break;
    case EventType::pool_created:
    case EventType::pool_ready:
    case EventType::check_out_started:
    case EventType::check_out_failed:
      break;
  }
}

void PoolErrorChecker::expect_cause(const ErrorPtr& error, TimePoint now) {
  if (!is_closed_) cause_ = {.error = error, .generation = generation_, .time = now};
}

void PoolErrorChecker::advance(const Address& address, TimePoint now, Report& report) const {
  report.demand(!cause_ || cause_->time == now, current_generation, [&] {
    return address.text() + ": no such connection had the error " +
           (cause_->error ? cause_->error->message : std::string());
  });
}

void PoolErrorChecker::hold(ConnectionId connection) {
  const auto held = open_.find(connection);
  if (held != open_.end()) held->second.is_held = true;
}

void PoolErrorChecker::command_failed(const ErrorPtr& error) { of_commands_.insert(error); }

bool PoolErrorChecker::has_use_of_past() const {
  return std::any_of(open_.begin(), open_.end(), [this](const auto& each) {
    const Connection& connection = each.second;
    const bool is_of_past = is_closed_ || connection.generation < generation_;
    return is_of_past && connection.is_in_use && !connection.is_held;
  });
}

bool PoolErrorChecker::is_establishing() const {
  return std::any_of(open_.begin(), open_.end(), [this](const auto& each) {
    return !each.second.is_ready && each.second.generation == generation_;
  });
}

void PoolErrorChecker::end(const Event& event, Report& report) {
  const auto& closed = *std::get_if<ConnectionClosedEvent>(&event.body);
  const auto node = open_.extract(closed.connection_id);
  if (node.empty() || !closed.error || is_closed_) return;
  const Connection connection = node.mapped();
  note_cause(connection, event, report);
  demand_clear(connection, event, report);
}

void PoolErrorChecker::note_cause(const Connection& connection, const Event& event,
                                  Report& report) {
  if (!cause_ || cause_->time != event.time) return;
  const Error& error = *std::get_if<ConnectionClosedEvent>(&event.body)->error;
  const bool is_timeout_in_use = connection.is_ready && is_timeout(error);
  if (is_load_balanced_) {
    if (!is_timeout_in_use) cause_.reset();  // else it was another one
    return;
  }
  if (!is_same(*cause_->error, error) || connection.generation != cause_->generation) return;
  cause_.reset();
  report.demand(!is_timeout_in_use, timeout_in_use_keeps,
                [&] { return event.address.text() + ": its pool was cleared"; });
}

void PoolErrorChecker::demand_clear(const Connection& connection, const Event& event,
                                    Report& report) {
  const Error& error = *std::get_if<ConnectionClosedEvent>(&event.body)->error;
  if (connection.generation != generation_ || error.topology_version || is_labelled(error)) return;
  if (connection.is_ready) return demand_clear_after_use(event, report);
  bool clears = error.type == ErrorType::network || error.type == ErrorType::authentication;
  // Behind a load balancer an answer to hello does nothing, and it is not known which it was.
  clears |= !is_load_balanced_ && error.type == ErrorType::command;
  report.demand(!clears, ends_cleared, [&] {
    return event.address.text() + ": its pool was not cleared after " + error.message;
  });
}

/// Whether an idle one broke, what users saw of theirs, and what broke before a command could be
/// sent, does not matter.
void PoolErrorChecker::demand_clear_after_use(const Event& event, Report& report) {
  const ErrorPtr& error = std::get_if<ConnectionClosedEvent>(&event.body)->error;
  if (of_commands_.erase(error) == 0) return;
  report.demand(error->type != ErrorType::network || is_timeout(*error), use_ends_cleared, [&] {
    return event.address.text() + ": its pool was not cleared after " + error->message;
  });
}

}  // namespace cmap::sim
