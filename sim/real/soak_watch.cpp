// Events to the checkers, callers' words to counts, and both against each other.
#include "sim/real/soak_watch.hpp"

#include <utility>

#include "sim/trace.hpp"

namespace cmap::sim {
namespace {

constexpr std::size_t kept_events = 40;

constexpr Rule event_first{"A-OUT-8", "CheckedOut is seen before the caller has its connection"};
constexpr Rule check_out_error{
    "A-OUT-7", "a check-out fails because of the pool's state, time, or its connection"};
constexpr Rule command_error{"A-CON-5", "a command fails because of its connection or its time"};
constexpr Rule good_reply{"A-CON-1", "the reply to ping is ok: 1"};
constexpr Rule listeners_throw{"A-EV-1",
                               "the pool reports what listeners throw, and throws nothing"};
constexpr Rule max_pool_size{"A-POOL-4", "counts never exceed maxPoolSize"};
constexpr Rule max_connecting{"A-POOL-5", "pending connections never exceed maxConnecting"};
constexpr Rule told_and_seen{"A-EV-3", "what callers began and were told is what the events say"};

bool is_right_for_check_out(ErrorType type) {
  switch (type) {
    case ErrorType::pool_closed:
    case ErrorType::pool_cleared:
    case ErrorType::wait_queue_timeout:
    case ErrorType::deadline_exceeded:
    case ErrorType::cancelled:
    case ErrorType::network:
    case ErrorType::protocol:  // garbage
      return true;
    case ErrorType::server_selection:  // a pool selects nothing
    case ErrorType::command:
    case ErrorType::authentication:
    case ErrorType::usage:
      return false;
  }
  return false;
}

/// A command ends with pool_cleared where it was interrupted by a clear.
bool is_right_for_command(ErrorType type) {
  return type == ErrorType::network || type == ErrorType::deadline_exceeded ||
         type == ErrorType::protocol || type == ErrorType::cancelled ||
         type == ErrorType::pool_cleared;
}

std::string error_text(const Error& error) {
  return std::string(type_name(error.type)) + ": " + error.message;
}

std::string line_of(const Event& event, TimePoint last) {
  std::string line = milliseconds_text(event.time - last) + " ms  " + describe(event);
  const CheckOutId check_out = check_out_of(event);
  if (check_out != CheckOutId::none) line += "  " + name_of(check_out);
  return line + "  (" + text_of(event.counts) + ")";
}

}  // namespace

SoakTotals& SoakTotals::operator+=(const SoakTotals& other) {
  rounds += other.rounds;
  steps += other.steps;
  events += other.events;
  created += other.created;
  established += other.established;
  check_outs += other.check_outs;
  checked_out += other.checked_out;
  commands += other.commands;
  answered += other.answered;
  clears += other.clears;
  return *this;
}

SoakWatch::SoakWatch(const PoolOptions& options, Filter sees)
    : options_(resolve(options)), sees_(std::move(sees)), checkers_(options) {}

PoolHooks SoakWatch::hooks() {
  return {.listeners = {[this](const Event& event) { observe(event); }},
          .callback_failed = [this](const std::exception_ptr& what) { callback_failed(what); }};
}

void SoakWatch::observe(const Event& event) {
  const std::lock_guard lock(mutex_);
  if (failed() || (sees_ && !sees_(event))) return;
  last_events_.push_back(event);
  if (last_events_.size() > kept_events) last_events_.pop_front();
  count(event);
  checkers_.observe(event);
  if (checkers_.violation()) failed_ = true;
}

void SoakWatch::count(const Event& event) {
  ++totals_.events;
  switch (event.type()) {
    case EventType::connection_created:
      ++totals_.created;
      return;
    case EventType::connection_ready:
      ++totals_.established;
      return;
    case EventType::pool_cleared:
      ++totals_.clears;
      return;
    case EventType::check_out_started:
      ++started_events_;
      return;
    case EventType::check_out_failed:
      ++failed_events_;
      return;
    case EventType::checked_out: {
      ++checked_out_events_;
      const auto index = static_cast<std::size_t>(number(check_out_of(event)));
      if (seen_checked_out_.size() <= index) seen_checked_out_.resize(index + 1);
      seen_checked_out_[index] = true;
      return;
    }
    case EventType::pool_created:
    case EventType::pool_ready:
    case EventType::pool_closed:
    case EventType::connection_closed:
    case EventType::checked_in:
      return;
  }
}

void SoakWatch::callback_failed(const std::exception_ptr& what) {
  try {
    std::rethrow_exception(what);
  } catch (const SoakThrows&) {
    // It was asked for.
  } catch (const std::exception& other) {
    demand(false, listeners_throw, other.what());
  }
}

void SoakWatch::check_out_begins() {
  const std::lock_guard lock(mutex_);
  ++totals_.check_outs;
}

void SoakWatch::check_out_ends(const ConnectionHandle& connection) {
  const std::lock_guard lock(mutex_);
  ++totals_.checked_out;
  const auto index = static_cast<std::size_t>(number(connection.lease().check_out));
  const bool seen = index < seen_checked_out_.size() && seen_checked_out_[index];
  check(seen, event_first, [&] { return name_of(connection.lease().check_out); });
}

void SoakWatch::check_out_ends(const Error& error) {
  const std::lock_guard lock(mutex_);
  ++failed_check_outs_;
  check(is_right_for_check_out(error.type), check_out_error, [&] { return error_text(error); });
}

void SoakWatch::command_begins() {
  const std::lock_guard lock(mutex_);
  ++totals_.commands;
}

void SoakWatch::command_ends(const Error* error, const wire::Document& reply, bool abandoned) {
  const std::lock_guard lock(mutex_);
  ++ended_commands_;
  if (error) {
    const bool right =
        is_right_for_command(error->type) || (abandoned && error->type == ErrorType::usage);
    check(right, command_error, [&] { return error_text(*error); });
    return;
  }
  ++totals_.answered;
  check(reply.view().find_flag("ok").value_or(false), good_reply, [&] { return reply.to_json(); });
}

void SoakWatch::look_at(const ConnectionPool& pool) {
  pool.check_invariants();
  const PoolCounts counts = pool.counts();
  const std::lock_guard lock(mutex_);
  const auto detail = [&] { return text_of(counts); };
  check(options_.max_pool_size == 0 || counts.total() <= options_.max_pool_size, max_pool_size,
        detail);
  check(counts.pending <= options_.max_connecting, max_connecting, detail);
}

void SoakWatch::demand(bool holds, const Rule& rule, std::string_view detail) {
  const std::lock_guard lock(mutex_);
  check(holds, rule, [&] { return std::string(detail); });
}

void SoakWatch::finish() {
  const std::lock_guard lock(mutex_);
  if (failed()) return;
  checkers_.finish_quiescent();
  if (checkers_.violation()) failed_ = true;
  const bool agree = totals_.check_outs == started_events_ &&
                     totals_.checked_out == checked_out_events_ &&
                     failed_check_outs_ == failed_events_;
  check(agree, told_and_seen, [&] {
    const auto pair = [](std::uint64_t told, std::uint64_t seen) {
      return std::to_string(told) + '/' + std::to_string(seen);
    };
    return "callers/events: started " + pair(totals_.check_outs, started_events_) +
           ", checked out " + pair(totals_.checked_out, checked_out_events_) + ", failed " +
           pair(failed_check_outs_, failed_events_);
  });
}

std::optional<Violation> SoakWatch::violation() const {
  const std::lock_guard lock(mutex_);
  return report_.failed() ? report_.violation() : checkers_.violation();
}

std::vector<std::string> SoakWatch::last_events() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  for (const Event& event : last_events_) lines.push_back(line_of(event, last_events_.back().time));
  return lines;
}

SoakTotals SoakWatch::totals() const {
  const std::lock_guard lock(mutex_);
  SoakTotals totals = totals_;
  totals.steps = steps_;
  return totals;
}

std::uint64_t SoakWatch::ended() const {
  const std::lock_guard lock(mutex_);
  return steps_ + totals_.checked_out + failed_check_outs_ + ended_commands_;
}

}  // namespace cmap::sim
