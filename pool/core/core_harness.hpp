// Drives a PoolCore in tests: one time variable, the transport's answers by hand, effects as lines.
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "pool/api/legal_events_harness.hpp"
#include "pool/core/pool_core.hpp"

namespace cmap::test {

using Lines = std::vector<std::string>;

/// "5ms", or "5ns" where it is no whole number of milliseconds.
inline std::string text_of(Duration duration) {
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(duration);
  if (whole == duration) return std::to_string(whole.count()) + "ms";
  return std::to_string(duration.count()) + "ns";
}

/// One effect as a line: "Created 1", "CheckedOut 1 by 2 +5ms", "Out 2: connection 1". Connections
/// and check-outs are numbered from 1; check-outs always stand behind "by", "Started" or "Out".
class EffectLine {
 public:
  static std::string of(const Effect& effect) {
    return std::visit([](const auto& each) { return line(each); }, effect);
  }

 private:
  template <typename Id>
  static std::string text(Id id) {
    return std::to_string(number(id));
  }
  static std::string text(ConnectionRef ref) { return text(ref.id); }

  static std::string line(const Event& event) {
    return std::visit([](const auto& body) { return line(body); }, event.body);
  }
  static std::string line(const ConnectionPoolCreatedEvent&) { return "PoolCreated"; }
  static std::string line(const ConnectionPoolReadyEvent&) { return "PoolReady"; }
  static std::string line(const ConnectionPoolClearedEvent& event) {
    std::string result = "PoolCleared";
    if (event.service_id) result += " service " + event.service_id->to_hex().substr(0, 2);
    if (event.interrupt_in_use_connections.value_or(false)) result += " interrupting";
    return result;
  }
  static std::string line(const ConnectionPoolClosedEvent&) { return "PoolClosed"; }
  static std::string line(const ConnectionCreatedEvent& event) {
    return "Created " + text(event.connection_id);
  }
  static std::string line(const ConnectionReadyEvent& event) {
    return "Ready " + text(event.connection_id) + " +" + text_of(event.duration);
  }
  static std::string line(const ConnectionClosedEvent& event) {
    const bool says_why = (event.reason == ConnectionClosedReason::error) == bool(event.error);
    return "Closed " + text(event.connection_id) + " " + std::string(reason_name(event.reason)) +
           (says_why ? "" : " with a wrong error field");
  }
  static std::string line(const ConnectionCheckOutStartedEvent& event) {
    return "Started " + text(event.check_out);
  }
  static std::string line(const ConnectionCheckOutFailedEvent& event) {
    return "Failed by " + text(event.check_out) + " " + std::string(reason_name(event.reason)) +
           " +" + text_of(event.duration);
  }
  static std::string line(const ConnectionCheckedOutEvent& event) {
    return "CheckedOut " + text(event.connection_id) + " by " + text(event.check_out) + " +" +
           text_of(event.duration);
  }
  static std::string line(const ConnectionCheckedInEvent& event) {
    return "CheckedIn " + text(event.connection_id);
  }
  static std::string line(const CheckOutCompleted& completed) {
    const std::string result = completed.error
                                   ? std::string(type_name(completed.error->type))
                                   : "connection " + text(completed.lease.connection.id);
    return "Out " + text(completed.check_out.id) + ": " + result;
  }
  static std::string line(const StartEstablishing& effect) {
    return "Establish " + text(effect.connection);
  }
  static std::string line(const TimeOutEstablishing& effect) {
    return "TimeOut " + text(effect.connection);
  }
  static std::string line(const InterruptConnection& effect) {
    return "Interrupt " + text(effect.connection);
  }
  static std::string line(const CloseTransport& effect) {
    const bool abandon = effect.how == TransportClose::abandon;
    return (abandon ? "Abandon " : "Teardown ") + text(effect.connection);
  }
  static std::string line(const PoolDrained&) { return "Drained"; }
};

/// After every input it recounts the pool, checks that the events are legal and that their time and
/// their counts are right. Contradictions are thrown as std::logic_error.
///
/// Without an interval among the options there are no background Runs. Establishments wait for
/// `established` or `failed`; teardowns end at once.
class CoreHarness {
 public:
  static constexpr TimePoint start{std::chrono::seconds(1000)};

  explicit CoreHarness(PoolOptions options = {}, PoolId pool = PoolId{1})
      : options_(with_interval(std::move(options))),
        legal_(options_),
        core_(pool, address(), options_, now_, outbox_) {
    settle();
  }

  static Address address() { return {"host", 27017}; }
  static ErrorPtr network_error() {
    return establishment_error(address(), NetworkFault::reset, EstablishmentPhase::done);
  }
  static ServiceId service(std::uint8_t number) { return ServiceId({number}); }

  // --- What happened ------------------------------------------------------------------------

  /// All effects since the last `take`.
  Lines take() { return std::exchange(lines_, {}); }
  PoolCore& core() { return core_; }
  const PoolCore& core() const { return core_; }
  Duration now() const { return now_ - start; }
  /// Of check-out `n`: its outcome.
  const CheckOutCompleted& outcome(int n) const { return outcomes_.at(n); }
  bool has_outcome(int n) const { return outcomes_.count(n) == 1; }
  Lease lease(int n) const { return outcome(n).lease; }
  CheckOutRef check_out_ref(int n) const { return check_outs_.at(n); }
  ConnectionRef connection_ref(int id) const { return connections_.at(id); }
  /// Transports that were started and not torn down.
  int open_transports() const { return open_transports_; }
  /// All events with their counts and errors.
  const std::vector<Event>& events() const { return events_; }

  // --- Time -----------------------------------------------------------------------------------

  /// Goes to this time since the start; everything that is due on the way is done at its time.
  void at(Duration since_start) {
    const TimePoint target = start + since_start;
    for (int budget = 1000; core_.next_deadline() && *core_.next_deadline() <= target; --budget) {
      if (budget == 0) throw std::logic_error("time does not pass: something is always due");
      now_ = std::max(now_, *core_.next_deadline());
      advance();
    }
    now_ = target;
  }
  /// Goes to this time, and nobody calls `advance`: the timer is late.
  void late_at(Duration since_start) { now_ = start + since_start; }
  void advance() {
    apply([&] { core_.advance(now_); });
  }

  // --- Inputs ---------------------------------------------------------------------------------

  /// Check-outs are numbered 1, 2, 3, ...
  void out(const CheckOutRequest& request = {}) {
    const int n = static_cast<int>(check_outs_.size()) + 1;
    apply([&] { check_outs_[n] = core_.check_out(request, user_data(n), now_); });
  }
  /// With a deadline of its own.
  void out_within(Duration time) { out({.deadline = now_ + time}); }
  bool cancel(int n) {
    bool done = false;
    apply([&] { done = core_.cancel(check_outs_.at(n), now_); });
    return done;
  }
  /// Checks in what check-out `n` got.
  bool in(int n) { return in(lease(n)); }
  bool in(const Lease& lease) {
    bool done = false;
    apply([&] { done = core_.check_in(lease, now_); });
    return done;
  }
  bool report_error(int n, ErrorVerdict verdict = ErrorVerdict::keep) {
    bool done = false;
    apply([&] { done = core_.report_error(lease(n), network_error(), verdict, now_); });
    return done;
  }
  void ready() {
    apply([&] { core_.ready(now_); });
  }
  void clear(const ClearRequest& request = {}) {
    apply([&] { core_.clear(request, now_); });
  }
  void clear_interrupting() { clear({.interrupt_in_use_connections = true}); }
  void clear_service(const ServiceId& service) {
    apply([&] { core_.clear_service(service, now_); });
  }
  void close() {
    apply([&] { core_.close(now_); });
  }
  void fork() {
    apply([&] { core_.reset_after_fork(now_); });
  }

  void hello(int connection, std::optional<ServiceId> service) {
    apply([&] { core_.hello_completed(connections_.at(connection), service, now_); });
  }
  void handshake_command(int connection) {
    apply([&] { core_.handshake_command_begins(connections_.at(connection), now_); });
  }
  void established(int connection) {
    apply([&] { core_.established(connections_.at(connection), now_); });
  }
  void failed(int connection, ErrorVerdict verdict = ErrorVerdict::keep,
              const ErrorPtr& error = network_error()) {
    apply([&] { core_.failed(connections_.at(connection), error, verdict, now_); });
  }
  void transport_closed(int connection) {
    --open_transports_;
    apply([&] { core_.transport_closed(connections_.at(connection), now_); });
  }

  // --- How the transport behaves --------------------------------------------------------------

  bool establish_at_once = false;
  /// From now on teardowns end by `transport_closed`.
  bool slow_teardown = false;

  /// A check-out whose connection is at hand or made at once; its lines are dropped.
  Lease hold(const CheckOutRequest& request = {}) {
    const bool before = std::exchange(establish_at_once, true);
    out(request);
    establish_at_once = before;
    lines_.clear();
    return lease(static_cast<int>(check_outs_.size()));
  }

 private:
  static PoolOptions with_interval(PoolOptions options) {
    if (!options.background_interval) options.background_interval = Duration(-1);
    return options;
  }
  static std::uint64_t user_data(int n) { return 1000 + static_cast<std::uint64_t>(n); }

  template <typename Input>
  void apply(Input&& input) {
    input();
    settle();
  }

  /// Looks at everything that the last input caused, then lets the transport answer.
  void settle() {
    const Outbox effects = std::exchange(outbox_, {});
    std::vector<ConnectionRef> establishing;
    std::vector<ConnectionRef> torn_down;
    std::optional<CheckOutId> announced;
    for (const Effect& effect : effects) {
      lines_.push_back(EffectLine::of(effect));
      if (const auto* event = std::get_if<Event>(&effect)) see(*event);
      if (const auto* completed = std::get_if<CheckOutCompleted>(&effect)) {
        see(*completed, announced);
      }
      announced = outcome_announced_by(effect);
      if (const auto* started = std::get_if<StartEstablishing>(&effect)) {
        connections_[static_cast<int>(number(started->connection.id))] = started->connection;
        ++open_transports_;
        establishing.push_back(started->connection);
      }
      if (const auto* close = std::get_if<CloseTransport>(&effect)) {
        torn_down.push_back(close->connection);
      }
    }
    check();
    if (establish_at_once) {
      for (const ConnectionRef ref : establishing) established(static_cast<int>(number(ref.id)));
    }
    if (!slow_teardown) {
      for (const ConnectionRef ref : torn_down) transport_closed(static_cast<int>(number(ref.id)));
    }
  }

  void see(const Event& event) {
    if (event.time != now_) throw std::logic_error("an event has another time than its transition");
    if (event.address != address()) throw std::logic_error("an event has another address");
    events_.push_back(event);
    legal_.see(event);
  }

  void see(const CheckOutCompleted& completed, std::optional<CheckOutId> announced) {
    const int n = static_cast<int>(number(completed.check_out.id));
    if (observed_ && announced != completed.check_out.id) {
      throw std::logic_error("a completion does not stand behind its event");
    }
    if (completed.user_data != user_data(n)) throw std::logic_error("wrong user_data");
    const bool has_lease = completed.lease != Lease{};
    if (has_lease == bool(completed.error)) throw std::logic_error("neither or both of the two");
    if (!outcomes_.emplace(n, completed).second) throw std::logic_error("a second outcome");
  }

  static std::optional<CheckOutId> outcome_announced_by(const Effect& effect) {
    const auto* event = std::get_if<Event>(&effect);
    if (!event) return std::nullopt;
    if (const auto* out = std::get_if<ConnectionCheckedOutEvent>(&event->body)) {
      return out->check_out;
    }
    if (const auto* failed = std::get_if<ConnectionCheckOutFailedEvent>(&event->body)) {
      return failed->check_out;
    }
    return std::nullopt;
  }

  void check() const {
    core_.check_invariants();
    if (!observed_) return;
    PoolCounts expected = legal_.counts();
    expected.waiting = core_.counts().waiting;
    if (expected != core_.counts()) throw std::logic_error("the events tell of other counts");
  }

 public:
  /// As if nobody listened: no events from now on, and no checks of them.
  void set_unobserved() {
    observed_ = false;
    core_.set_observed(false);
  }

 private:
  const PoolOptions options_;
  TimePoint now_ = start;
  Outbox outbox_;
  LegalEvents legal_;
  PoolCore core_;
  bool observed_ = true;
  Lines lines_;
  std::vector<Event> events_;
  std::map<int, CheckOutRef> check_outs_;
  std::map<int, CheckOutCompleted> outcomes_;
  std::map<int, ConnectionRef> connections_;
  int open_transports_ = 0;
};

/// Ready, and what that caused is dropped.
struct ReadyPool : CoreHarness {
  explicit ReadyPool(PoolOptions options = {}) : CoreHarness(std::move(options)) {
    ready();
    at(now());
    take();
  }
};

}  // namespace cmap::test
