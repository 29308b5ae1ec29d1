// The world of the shell's tests: a clock set by hand, timers fired by whoever moves it, and a
// transport that answers inline, from a thread of its own, or when told.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pool/api/legal_events_harness.hpp"
#include "pool/connection_pool.hpp"
#include "pool/environment.hpp"

namespace cmap::test {

/// Nobody connects there.
inline const Address pool_address("host", 27017);

/// One thread that runs what is posted, in order. Its end waits for all of it.
class Worker {
 public:
  Worker() : thread_([this] { run(); }) {}
  ~Worker() {
    post(nullptr);
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Null: the end.
  void post(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    changed_.notify_all();
  }
  /// Also for what the tasks post.
  void wait_until_idle() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return tasks_.empty() && !busy_; });
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return !tasks_.empty(); });
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      if (!task) return;
      busy_ = true;
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
      busy_ = false;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool busy_ = false;
  std::thread thread_;
};

/// Guards calls into something that may end: once it has ended nothing gets through, and `end`
/// waits for a call that is running, unless called from inside it.
class Gate {
 public:
  template <typename Call>
  void pass(Call&& call) {
    const std::lock_guard lock(mutex_);
    if (open_) call();
  }
  void end() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }

 private:
  std::recursive_mutex mutex_;
  bool open_ = true;
};

class TestWorld;

/// One timer; fired by TestWorld::advance_to.
class TestTimer final : public DeadlineTimer {
 public:
  struct State {
    explicit State(std::function<void()> on_fire) : callback(std::move(on_fire)) {}

    void fire_if_due(TimePoint now) {
      gate.pass([&] {
        {
          const std::lock_guard lock(mutex);
          if (!when || *when > now) return;
          when.reset();
        }
        callback();
      });
    }
    std::optional<TimePoint> armed() {
      const std::lock_guard lock(mutex);
      return when;
    }

    Gate gate;
    const std::function<void()> callback;
    std::mutex mutex;
    std::optional<TimePoint> when;
  };

  explicit TestTimer(std::shared_ptr<State> state) : state_(std::move(state)) {}
  ~TestTimer() override { state_->gate.end(); }
  void arm(TimePoint when) override {
    const std::lock_guard lock(state_->mutex);
    state_->when = when;
  }
  void disarm() override {
    const std::lock_guard lock(state_->mutex);
    state_->when.reset();
  }

 private:
  std::shared_ptr<State> state_;
};

/// How establishments are answered.
enum class Answer { at_once, by_worker, on_command, fail_at_once, throw_exception, throw_number };

class TestTransport;

class TestWorld final : public Environment {
 public:
  // --- Environment ----------------------------------------------------------------------------

  [[nodiscard]] TimePoint now() const override { return TimePoint(Duration(now_.load())); }
  std::unique_ptr<DeadlineTimer> make_timer(std::function<void()> callback) override {
    auto state = std::make_shared<TestTimer::State>(std::move(callback));
    const std::lock_guard lock(mutex_);
    timers_.push_back(state);
    return std::make_unique<TestTimer>(std::move(state));
  }
  std::unique_ptr<Transport> make_transport(const Address&, TransportListener&) override;
  std::shared_ptr<DeliveryQueue> make_delivery_queue() override {
    return shared_queue ? shared_queue : Environment::make_delivery_queue();
  }
  [[nodiscard]] std::uint64_t process_generation() const override { return process; }

  // --- Time -----------------------------------------------------------------------------------

  /// Fires on this thread what is due then, as often as something is.
  void advance_to(Duration time) {
    now_ = time.count();
    for (bool due = true; due;) {
      due = false;
      for (const auto& timer : timers()) {
        const auto when = timer->armed();
        if (!when || *when > now()) continue;
        due = true;
        timer->fire_if_due(now());
      }
    }
  }
  [[nodiscard]] std::optional<TimePoint> armed_timer() {
    std::optional<TimePoint> earliest;
    for (const auto& timer : timers()) {
      const auto when = timer->armed();
      if (when && (!earliest || *when < *earliest)) earliest = when;
    }
    return earliest;
  }

  // --- Transport ------------------------------------------------------------------------------

  /// The answers that wait, in order.
  std::vector<int> establishing() {
    const std::lock_guard lock(mutex_);
    std::vector<int> ids;
    for (const auto& [id, ref] : waiting_) ids.push_back(id);
    return ids;
  }
  void establish(int id) {
    const auto [listener, ref] = take_waiting(id);
    listener->established(ref);
  }
  void fail(int id, const ErrorPtr& error) {
    const auto [listener, ref] = take_waiting(id);
    listener->failed(ref, error);
  }
  /// The peer of an established connection goes away.
  void break_connection(int id, const ErrorPtr& error);
  int open_sockets() {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(open_.size());
  }
  int opened_sockets() {
    const std::lock_guard lock(mutex_);
    return opened_;
  }
  std::vector<int> interrupted() {
    const std::lock_guard lock(mutex_);
    return interrupted_;
  }
  /// How the pool broke the rules of the transport.
  std::vector<std::string> complaints() {
    const std::lock_guard lock(mutex_);
    return complaints_;
  }
  Worker& worker() { return worker_; }

  std::atomic<Answer> answer = Answer::at_once;
  std::atomic<bool> teardown_by_worker = false;
  std::atomic<std::uint64_t> process = 0;
  std::shared_ptr<DeliveryQueue> shared_queue;

 private:
  friend class TestTransport;
  using Waiting = std::pair<TransportListener*, ConnectionRef>;

  std::vector<std::shared_ptr<TestTimer::State>> timers() {
    const std::lock_guard lock(mutex_);
    return timers_;
  }
  Waiting take_waiting(int id) {
    const std::lock_guard lock(mutex_);
    Waiting waiting = waiting_.at(id);
    waiting_.erase(id);
    return waiting;
  }

  std::atomic<Duration::rep> now_ = 0;
  std::mutex mutex_;
  // Guarded by mutex_:
  std::vector<std::shared_ptr<TestTimer::State>> timers_;
  std::map<int, Waiting> waiting_;
  std::set<std::pair<const Transport*, ConnectionRef>> open_;
  int opened_ = 0;
  std::vector<int> interrupted_;
  std::vector<std::string> complaints_;

  Worker worker_;  // last: its end runs what still waits
};

class TestTransport final : public Transport {
 public:
  TestTransport(TestWorld& world, TransportListener& listener, Address address)
      : world_(world), listener_(listener), address_(std::move(address)) {}
  ~TestTransport() override { gate_->end(); }

  void establish(ConnectionRef connection) override {
    const Busy busy(*this);
    {
      const std::lock_guard lock(world_.mutex_);
      world_.open_.insert({this, connection});
      ++world_.opened_;
    }
    switch (world_.answer) {
      case Answer::at_once:
        listener_.established(connection);
        return;
      case Answer::by_worker:
        answer_by_worker([this, connection] { listener_.established(connection); });
        return;
      case Answer::on_command: {
        const std::lock_guard lock(world_.mutex_);
        world_.waiting_[static_cast<int>(number(connection.id))] = {&listener_, connection};
        return;
      }
      case Answer::fail_at_once:
        listener_.failed(connection, establishment_error(address_, NetworkFault::refused,
                                                         EstablishmentPhase::connect));
        return;
      case Answer::throw_exception:
        throw std::runtime_error("no descriptors are left");
      case Answer::throw_number:
        throw 42;
    }
  }
  void time_out(ConnectionRef connection) override {
    const Busy busy(*this);
    {
      const std::lock_guard lock(world_.mutex_);
      world_.waiting_.erase(static_cast<int>(number(connection.id)));
      if (world_.open_.count({this, connection}) == 0) return;
    }
    listener_.failed(connection, establishment_error(address_, NetworkFault::timeout,
                                                     EstablishmentPhase::hello));
  }
  void interrupt(ConnectionRef connection, const ErrorPtr& error) override {
    const Busy busy(*this);
    const std::lock_guard lock(world_.mutex_);
    if (!error) world_.complaints_.emplace_back("interrupted without an error");
    world_.interrupted_.push_back(static_cast<int>(number(connection.id)));
  }
  void close(ConnectionRef connection, TransportClose) override {
    const Busy busy(*this);
    {
      const std::lock_guard lock(world_.mutex_);
      if (world_.open_.erase({this, connection}) != 1) {
        world_.complaints_.emplace_back("closed what was not open");
      }
    }
    if (world_.teardown_by_worker) {
      answer_by_worker([this, connection] { listener_.transport_closed(connection); });
    } else {
      listener_.transport_closed(connection);
    }
  }

 private:
  friend class TestWorld;
  /// Notices calls from two threads at a time.
  class Busy {
   public:
    explicit Busy(TestTransport& transport)
        : transport_(transport), before_(transport.caller_.exchange(std::this_thread::get_id())) {
      if (before_ == std::thread::id() || before_ == std::this_thread::get_id()) return;
      const std::lock_guard lock(transport.world_.mutex_);
      transport.world_.complaints_.emplace_back("called from two threads at a time");
    }
    ~Busy() { transport_.caller_ = before_; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    TestTransport& transport_;
    const std::thread::id before_;
  };

  template <typename Call>
  void answer_by_worker(Call call) {
    world_.worker_.post([gate = gate_, call] { gate->pass(call); });
  }

  TestWorld& world_;
  TransportListener& listener_;
  const Address address_;
  const std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  std::atomic<std::thread::id> caller_{};
};

inline void TestWorld::break_connection(int id, const ErrorPtr& error) {
  const TestTransport* transport = nullptr;
  ConnectionRef connection;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [its_transport, ref] : open_) {
      if (number(ref.id) != id) continue;
      transport = static_cast<const TestTransport*>(its_transport);
      connection = ref;
    }
  }
  transport->listener_.failed(connection, error);
}

inline std::unique_ptr<Transport> TestWorld::make_transport(const Address& address,
                                                            TransportListener& listener) {
  return std::make_unique<TestTransport>(*this, listener, address);
}

/// A listener that keeps the names of events, checks that they are legal, and that no two are
/// delivered at a time. What is wrong is kept as text: a listener that throws would not be heard.
class Witness {
 public:
  explicit Witness(const PoolOptions& options = {}) : legal_(options) {}

  [[nodiscard]] EventListener listener() {
    return [this](const Event& event) { see(event); };
  }
  void see(const Event& event) {
    if (inside_.exchange(true)) complain("two deliveries at a time");
    {
      const std::lock_guard lock(mutex_);
      try {
        legal_.see(event);
      } catch (const std::exception& illegal) {
        complaints_.emplace_back(illegal.what());
      }
      names_.emplace_back(event_name(event.type()));
      if (const auto* out = std::get_if<ConnectionCheckedOutEvent>(&event.body)) {
        outcomes_.insert(out->check_out);
      }
      if (const auto* failed = std::get_if<ConnectionCheckOutFailedEvent>(&event.body)) {
        outcomes_.insert(failed->check_out);
      }
      if (const auto* started = std::get_if<ConnectionCheckOutStartedEvent>(&event.body)) {
        started_.insert(started->check_out);
      }
    }
    inside_ = false;
  }

  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(names_, {});
  }
  bool saw_started(CheckOutId check_out) {
    const std::lock_guard lock(mutex_);
    return started_.count(check_out) == 1;
  }
  bool saw_outcome(CheckOutId check_out) {
    const std::lock_guard lock(mutex_);
    return outcomes_.count(check_out) == 1;
  }
  void complain(const std::string& text) {
    const std::lock_guard lock(mutex_);
    complaints_.push_back(text);
  }
  /// What was wrong until now.
  std::vector<std::string> complaints() {
    const std::lock_guard lock(mutex_);
    return complaints_;
  }
  /// The same when all is over: nothing may be left.
  std::vector<std::string> complaints_at_end() {
    const std::lock_guard lock(mutex_);
    try {
      legal_.require_end();
    } catch (const std::exception& illegal) {
      complaints_.emplace_back(illegal.what());
    }
    return complaints_;
  }

 private:
  std::mutex mutex_;
  LegalEvents legal_;
  std::vector<std::string> names_;
  std::set<CheckOutId> started_;
  std::set<CheckOutId> outcomes_;
  std::vector<std::string> complaints_;
  std::atomic<bool> inside_ = false;
};

/// The message of what `call` throws; "" if it throws nothing.
template <typename Call>
std::string thrown_by(Call&& call) {
  try {
    call();
  } catch (const PoolError& error) {
    return std::string(type_name(error.error().type)) + ": " + error.what();
  }
  return "";
}

}  // namespace cmap::test
