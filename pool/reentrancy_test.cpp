// Bug 89: every operation from inside a listener of every event, on one thread. The run ends, the
// events are legal, nothing is left.
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "pool/test_world_harness.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;

constexpr PoolOptions options() {
  return {.max_pool_size = 2,
          .min_pool_size = 1,
          .wait_queue_timeout = 30ms,
          .background_interval = 10ms};
}

enum class Operation {
  check_out,
  blocking_check_out,
  check_in,
  report_error,
  clear,
  clear_interrupting,
  ready,
  close,
  cancel,
  reset_after_fork,
  subscribe,
  let_time_pass,
  drop_all_handles,
};
constexpr int operation_count = 13;

constexpr const char* name_of(Operation operation) {
  switch (operation) {
    case Operation::check_out:
      return "CheckOut";
    case Operation::blocking_check_out:
      return "BlockingCheckOut";
    case Operation::check_in:
      return "CheckIn";
    case Operation::report_error:
      return "ReportError";
    case Operation::clear:
      return "Clear";
    case Operation::clear_interrupting:
      return "ClearInterrupting";
    case Operation::ready:
      return "Ready";
    case Operation::close:
      return "Close";
    case Operation::cancel:
      return "Cancel";
    case Operation::reset_after_fork:
      return "ResetAfterFork";
    case Operation::subscribe:
      return "Subscribe";
    case Operation::let_time_pass:
      return "LetTimePass";
    case Operation::drop_all_handles:
      return "DropAllHandles";
  }
  return "?";
}

/// A script that brings about every event, with a listener that disturbs it once.
class Script {
 public:
  Script(EventType event, Operation operation, bool every_time)
      : event_(event), operation_(operation), every_time_(every_time) {}

  void run() {
    PoolHooks hooks;
    hooks.listeners = {witness_.listener(), [this](const Event& event) { disturb(event); }};
    hooks.callback_failed = [this](const std::exception_ptr&) { witness_.complain("it threw"); };
    pool_ = std::make_unique<ConnectionPool>(pool_address, options(), world_, std::move(hooks));

    pool_->ready();
    world_.advance_to(0ms);
    check_out();
    check_out();
    check_out();  // waits
    check_in();   // for the third
    check_out();  // waits until its time is over
    world_.advance_to(40ms);
    world_.answer = Answer::fail_at_once;
    check_in();
    pool_->clear({.interrupt_in_use_connections = true});
    world_.advance_to(50ms);
    pool_->ready();
    check_out();  // fails
    world_.answer = Answer::at_once;
    check_out();
    check_in();
    pool_->clear();
    pool_->close();
    check_out();
    pool_->check_invariants();
    pool_.reset();
    handles_.clear();
  }

  [[nodiscard]] int disturbances() const { return disturbances_; }
  std::vector<std::string> complaints() {
    auto all = witness_.complaints_at_end();
    for (auto& each : world_.complaints()) all.push_back(std::move(each));
    if (world_.open_sockets() != 0) all.emplace_back("a socket is open");
    if (started_ != completed_) all.emplace_back("a check-out was not completed once");
    return all;
  }

 private:
  void check_out() {
    ++started_;
    last_ = pool_->check_out({}, [this](CheckOutResult result) {
      ++completed_;
      if (result.connection) handles_.push_back(std::move(result.connection));
    });
  }
  void check_in() {
    if (handles_.empty()) return;
    const ConnectionHandle oldest = std::move(handles_.front());
    handles_.erase(handles_.begin());
  }

  void disturb(const Event& event) {
    // There is no pool to call before its constructor is over; an end is enough of a limit.
    const bool over = disturbances_ > 0 && (!every_time_ || disturbances_ > 20);
    if (!pool_ || event.type() != event_ || over) return;
    ++disturbances_;
    switch (operation_) {
      case Operation::check_out:
        check_out();
        return;
      case Operation::blocking_check_out:
        if (thrown_by([&] { pool_->check_out(); }).find("UsageError") != 0) {
          witness_.complain("a blocking check-out is no usage error");
        }
        return;
      case Operation::check_in:
        check_in();
        return;
      case Operation::report_error:
        if (handles_.empty()) return;
        handles_.front().report_error(
            establishment_error(pool_address, NetworkFault::reset, EstablishmentPhase::done),
            ErrorVerdict::clear);
        return;
      case Operation::clear:
        pool_->clear();
        return;
      case Operation::clear_interrupting:
        pool_->clear({.interrupt_in_use_connections = true});
        return;
      case Operation::ready:
        pool_->ready();
        return;
      case Operation::close:
        pool_->close();
        if (pool_->state() != PoolState::closed) witness_.complain("closed, but not yet");
        return;
      case Operation::cancel:
        pool_->cancel(last_);
        return;
      case Operation::reset_after_fork:
        pool_->reset_after_fork();
        return;
      case Operation::subscribe:
        subscription_ = pool_->subscribe([](const Event&) {});
        return;
      case Operation::let_time_pass:
        world_.advance_to(world_.now().time_since_epoch() + 100ms);
        return;
      case Operation::drop_all_handles:
        handles_.clear();
        return;
    }
  }

  const EventType event_;
  const Operation operation_;
  const bool every_time_;
  TestWorld world_;
  Witness witness_{options()};
  std::unique_ptr<ConnectionPool> pool_;
  std::vector<ConnectionHandle> handles_;
  Subscription subscription_;
  CheckOutRef last_;
  int disturbances_ = 0;
  int started_ = 0;
  int completed_ = 0;
};

class Reentrancy : public testing::TestWithParam<std::tuple<int, int, bool>> {};

TEST_P(Reentrancy, FromInsideAListener) {
  const auto [event, operation, every_time] = GetParam();
  Script script(static_cast<EventType>(event), static_cast<Operation>(operation), every_time);
  script.run();
  EXPECT_EQ(script.complaints(), std::vector<std::string>{});
  EXPECT_GT(script.disturbances(), 0) << "the script does not bring the event about";
}

INSTANTIATE_TEST_SUITE_P(AllEventsAndOperations, Reentrancy,
                         testing::Combine(testing::Range(static_cast<int>(EventType::pool_ready),
                                                         static_cast<int>(event_type_count)),
                                          testing::Range(0, operation_count), testing::Bool()),
                         [](const auto& test) {
                           const auto event = static_cast<EventType>(std::get<0>(test.param));
                           const auto operation = static_cast<Operation>(std::get<1>(test.param));
                           return std::string(event_name(event)) + "_" + name_of(operation) +
                                  (std::get<2>(test.param) ? "_EveryTime" : "_Once");
                         });

}  // namespace
}  // namespace cmap::test
