// The order of a test: data, entities, operations, events, log messages, outcome.
#include "spec-tests/unified_run.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <memory>
#include <utility>

#include "spec-tests/unified_compare.hpp"
#include "spec-tests/unified_data.hpp"
#include "spec-tests/unified_entity_map.hpp"
#include "spec-tests/unified_test_runner.hpp"

namespace cmap::spec_tests {
namespace {

class UnifiedRun {
 public:
  UnifiedRun(const UnifiedFile& file, const UnifiedTest& test,
             const sim::ClientWorldOptions& options, const CaseRun& run)
      : file_(file),
        test_(test),
        world_(run.worlds->make(options)),
        trace_{.entries = run.trace, .begin = world_->now()},
        data_(*world_, options),
        entities_(*world_, options,
                  test.sets_fail_points ? Heartbeats::often : Heartbeats::as_given, trace_),
        runner_(file.path, *world_, entities_,
                [this](Problem problem) { problems_.push_back(std::move(problem)); }) {}

  std::vector<Problem> run() {
    try {
      data_.prepare(file_.initial_data);
      entities_.create(file_.entities);
      for (const UnifiedOperation& operation : test_.operations) main_.add(operation);
      run_until([this] { return main_.is_idle(); }, TimePoint::max());
      end_threads();
      world_->settle();
      if (problems_.empty()) compare();
    } catch (const std::exception& error) {
      problems_.push_back({file_.path, test_.mark, error.what()});
    }
    return std::move(problems_);
  }

 private:
  /// Stops at the first problem.
  template <typename IsOver>
  void run_until(IsOver&& is_over, TimePoint limit) {
    while (problems_.empty() && (advance() || !is_over()) && world_->now() < limit) {
      if (problems_.empty() && !is_over()) world_->step(std::min(next_time(), limit));
    }
  }

  /// What goes wrong on a thread is the test's failure, also where the test does not wait for it.
  void end_threads() {
    const auto are_idle = [this] {
      return std::ranges::all_of(entities_.threads(),
                                 [](const auto& each) { return each.second.is_idle(); });
    };
    run_until(are_idle, saturating_sum(world_->now(), wait_patience));
    if (problems_.empty() && !are_idle()) {
      problems_.push_back(
          {file_.path, test_.mark, "a thread has not ended within 10 s after the test"});
    }
  }

  /// True if anybody has come further.
  bool advance() {
    const auto begin = [this](const UnifiedOperation& operation) {
      note(operation, "");
      UnifiedWait wait = runner_.begin(operation);
      wait.conclude = [this, &operation, conclude = std::move(wait.conclude)] {
        note(operation, ": has ended");
        if (conclude) conclude();
      };
      return wait;
    };
    const auto fail = [this](const UnifiedOperation& operation, const std::string& why) {
      problems_.push_back({file_.path, operation.mark, operation.name + ": " + why});
    };
    bool any = false;
    for (bool more = true; more && problems_.empty();) {
      more = main_.advance(world_->now(), begin, fail);
      for (auto& [id, thread] : entities_.threads()) {
        more |= thread.advance(world_->now(), begin, fail);
      }
      any |= more;
    }
    return any;
  }

  /// After the events that were before it.
  void note(const UnifiedOperation& operation, const char* what) {
    if (!trace_.entries) return;
    world_->post([this, time = world_->now() - trace_.begin,
                  text = operation.name + " on " + operation.object + what] {
      trace_.entries->push_back({.time = time, .client = {}, .what = sim::TracedHappening{text}});
    });
  }

  TimePoint next_time() {
    TimePoint next = main_.next_time();
    for (const auto& [id, thread] : entities_.threads()) next = std::min(next, thread.next_time());
    return next;
  }

  void compare() {
    for (const UnifiedEventList& list : test_.events) {
      add(compare_events(file_.path, list, entities_.client(list.client).events()));
    }
    for (const UnifiedLogList& list : test_.logs) {
      add(compare_logs(file_.path, list, entities_.client(list.client).log_messages()));
    }
    add(data_.compare(file_.path, test_.outcome));
  }

  void add(std::vector<Problem> differences) {
    std::ranges::move(differences, std::back_inserter(problems_));
  }

  const UnifiedFile& file_;
  const UnifiedTest& test_;
  const std::unique_ptr<sim::ClientWorld> world_;
  const UnifiedTrace trace_;
  UnifiedDataClient data_;
  UnifiedEntityMap entities_;
  UnifiedTestRunner runner_;
  UnifiedActor main_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> run_unified_test(const UnifiedFile& file, const UnifiedTest& test,
                                      const sim::ClientWorldOptions& options, const CaseRun& run) {
  return UnifiedRun(file, test, options, run).run();
}

}  // namespace cmap::spec_tests
