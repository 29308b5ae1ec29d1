// A pool alone, in a world of a few lines, for the model's tests: manual clock, timer and
// transport.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sim/reference_model/reference_model.hpp"

namespace cmap::sim::model_test {

using std::chrono::milliseconds;

inline TimePoint at(std::int64_t ms) { return TimePoint(milliseconds(ms)); }

inline std::string number_text(ConnectionId id) { return std::to_string(number(id)); }

/// As table B.5 of the requirements writes events.
inline std::string brief(const Event& event) {
  const std::string id = number_text(connection_of(event.body));
  switch (event.type()) {
    case EventType::pool_created:
      return "PoolCreated";
    case EventType::pool_ready:
      return "PoolReady";
    case EventType::pool_cleared: {
      const auto& body = std::get<ConnectionPoolClearedEvent>(event.body);
      if (body.service_id) return "PoolCleared(service)";
      return body.interrupt_in_use_connections.value() ? "PoolCleared(interrupt)" : "PoolCleared";
    }
    case EventType::pool_closed:
      return "PoolClosed";
    case EventType::connection_created:
      return "Created" + id;
    case EventType::connection_ready:
      return "Ready" + id;
    case EventType::connection_closed:
      return "Closed" + id + "(" +
             std::string(reason_name(std::get<ConnectionClosedEvent>(event.body).reason)) + ")";
    case EventType::check_out_started:
      return "OutStarted";
    case EventType::check_out_failed:
      return "OutFailed(" +
             std::string(reason_name(std::get<ConnectionCheckOutFailedEvent>(event.body).reason)) +
             ")";
    case EventType::checked_out:
      return "Out" + id;
    case EventType::checked_in:
      return "In" + id;
  }
  return "?";
}

/// How an operation ended: "clear." or "out!PoolClearedError".
inline std::string ending(std::string operation, const ErrorPtr& error) {
  if (!error) return operation += '.';
  operation += '!';
  operation += type_name(error->type);
  return operation;
}

/// Everything that a pool needs; what it does to its transport is written down. Answers are given
/// by hand, or inside `establish`.
class ManualWorld final : public Environment, private Transport, private DeadlineTimer {
 public:
  enum class Answer : std::uint8_t { by_hand, inline_success, inline_failure, throws };

  TimePoint time;
  Answer answer = Answer::by_hand;
  std::function<void(std::string)> note = [](const std::string&) {};
  std::optional<TimePoint> armed;
  std::uint64_t process = 0;
  TransportListener* listener = nullptr;

  void fire() {
    armed.reset();
    callback_();
  }

  [[nodiscard]] TimePoint now() const override { return time; }
  [[nodiscard]] std::uint64_t process_generation() const override { return process; }
  std::unique_ptr<DeadlineTimer> make_timer(std::function<void()> callback) override {
    callback_ = std::move(callback);
    return std::make_unique<Timer>(*this);
  }
  std::unique_ptr<Transport> make_transport(const Address&, TransportListener& pool) override {
    listener = &pool;
    return std::make_unique<Forward>(*this);
  }

 private:
  struct Timer final : DeadlineTimer {
    explicit Timer(ManualWorld& owner) : world(owner) {}
    void arm(TimePoint when) override { world.arm(when); }
    void disarm() override { world.disarm(); }
    ManualWorld& world;
  };
  struct Forward final : Transport {
    explicit Forward(ManualWorld& owner) : world(owner) {}
    void establish(ConnectionRef connection) override { world.establish(connection); }
    void time_out(ConnectionRef connection) override { world.time_out(connection); }
    void interrupt(ConnectionRef connection, const ErrorPtr& error) override {
      world.interrupt(connection, error);
    }
    void close(ConnectionRef connection, TransportClose how) override {
      world.close(connection, how);
    }
    ManualWorld& world;
  };

  void arm(TimePoint when) override { armed = when; }
  void disarm() override { armed.reset(); }
  void establish(ConnectionRef connection) override {
    note("establish" + number_text(connection.id));
    switch (answer) {
      case Answer::by_hand:
        return;
      case Answer::inline_success:
        listener->established(connection);
        return;
      case Answer::inline_failure:
        listener->failed(connection,
                         establishment_error({}, NetworkFault::dns, EstablishmentPhase::resolve));
        return;
      case Answer::throws:
        throw std::runtime_error("no descriptors left");
    }
  }
  void time_out(ConnectionRef connection) override {
    note("time_out" + number_text(connection.id));
  }
  void interrupt(ConnectionRef connection, const ErrorPtr&) override {
    note("interrupt" + number_text(connection.id));
  }
  void close(ConnectionRef connection, TransportClose how) override {
    note((how == TransportClose::abandon ? "abandon" : "close") + number_text(connection.id));
  }

  std::function<void()> callback_;
};

/// One pool in one ManualWorld. `events()` and `all()` give what happened since they were asked
/// last: events alone, or transport calls and the ends of operations too.
class Bench {
 public:
  explicit Bench(const PoolOptions& options = {}, Defect defect = Defect::none) {
    world.note = [this](const std::string& what) { add(what, false); };
    const PoolSetup setup{.address = {},
                          .options = options,
                          .listener = [this](const Event& event) { hear(event); },
                          .number = 7};
    pool = broken_reference_model(defect)(setup, world);
  }

  PoolUnderTest::Done done(const std::string& name) {
    return [this, name](const ErrorPtr& error) { add(ending(name, error), false); };
  }
  void ready() { pool->ready(done("ready")); }
  void clear(bool interrupt = false, ErrorPtr cause = nullptr) {
    pool->clear({.interrupt_in_use_connections = interrupt, .cause = std::move(cause)},
                done("clear"));
  }
  void clear_service(const ServiceId& service) {
    pool->clear_service(service, done("clear_service"));
  }
  void close() { pool->close(done("close")); }
  std::uint64_t out(const CheckOutRequest& request = {}) {
    const std::uint64_t expected = ++last_;
    return pool->check_out(request, [this, expected](const CheckOutOutcome& outcome) {
      outcomes[expected] = outcome;
      add(ending("out", outcome.error), false);
    });
  }
  /// A check-out that bounds itself.
  std::uint64_t out_until(std::int64_t ms) { return out({.deadline = at(ms)}); }
  void in(std::uint64_t check_out) {
    pool->check_in(outcomes.at(check_out).checked_out, done("in"));
  }
  void fail_in_use(std::uint64_t check_out, ErrorVerdict verdict) {
    pool->connection_failed(outcomes.at(check_out).checked_out, reset_by_peer(), verdict,
                            done("failed"));
  }
  void command_begins(std::int64_t id) { world.listener->handshake_command_begins(ref(id)); }
  void hello(std::int64_t id, std::optional<ServiceId> service) {
    world.listener->hello_completed(ref(id), service);
  }
  void good(std::int64_t id) { world.listener->established(ref(id)); }
  void bad(std::int64_t id, const ErrorPtr& error) { world.listener->failed(ref(id), error); }
  /// Lets the timer fire wherever it is due, and arrives at `ms`.
  void go_to(std::int64_t ms) {
    while (world.armed && *world.armed <= at(ms)) {
      world.time = std::max(world.time, *world.armed);
      world.fire();
    }
    world.time = at(ms);
  }
  /// Lets the timer fire as often as it is due now.
  void settle() { go_to((world.time - TimePoint()) / milliseconds(1)); }

  std::string events() { return take(true); }
  std::string all() { return take(false); }
  PoolCounts counts() const { return pool->snapshot()->counts; }
  std::int64_t generation() const { return number(pool->snapshot()->generation); }
  std::int64_t deadlines() const { return pool->snapshot()->armed_deadlines; }

  static ConnectionRef ref(std::int64_t id) { return {.id = static_cast<ConnectionId>(id)}; }
  static ErrorPtr reset_by_peer() {
    return establishment_error({}, NetworkFault::reset, EstablishmentPhase::done);
  }
  /// Not labelled: it clears the pool.
  static ErrorPtr no_such_host() {
    return establishment_error({}, NetworkFault::dns, EstablishmentPhase::resolve);
  }
  /// Labelled: it does not.
  static ErrorPtr refused() {
    return establishment_error({}, NetworkFault::refused, EstablishmentPhase::connect);
  }

  ManualWorld world;
  std::map<std::uint64_t, CheckOutOutcome> outcomes;
  std::function<void(const Event&)> on_event = [](const Event&) {};
  std::vector<Event> heard;
  std::unique_ptr<PoolUnderTest> pool;

 private:
  void hear(const Event& event) {
    heard.push_back(event);
    add(brief(event), true);
    on_event(event);
  }
  void add(const std::string& what, bool is_event) { log_.push_back({what, is_event}); }
  std::string take(bool events_only) {
    pool->check_invariants();
    std::string text;
    for (const auto& [what, is_event] : log_) {
      if (is_event || !events_only) text += (text.empty() ? "" : " ") + what;
    }
    log_.clear();
    return text;
  }

  std::vector<std::pair<std::string, bool>> log_;
  std::uint64_t last_ = 0;
};

/// A ready pool; what happened so far is forgotten, and no background Run is due any more.
struct ReadyBench : Bench {
  explicit ReadyBench(const PoolOptions& options = {}, Defect defect = Defect::none)
      : Bench(options, defect) {
    ready();
    settle();
    events();
  }
  /// `n` connections in use, by the check-outs 1 to n.
  void use(std::int64_t n) {
    world.answer = ManualWorld::Answer::inline_success;
    for (std::int64_t i = 0; i < n; ++i) out();
    world.answer = ManualWorld::Answer::by_hand;
    events();
  }
};

}  // namespace cmap::sim::model_test
