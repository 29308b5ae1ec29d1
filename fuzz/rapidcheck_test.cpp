// RapidCheck's search beside our own: its generators and its shrinking straight on PoolCore, and
// scenarios whose parameters it draws, which are made small by our shrinker.
#include <memory>
#include <ostream>
#include <rapidcheck.h>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/state.h>

#include "fuzz/core_beside_model_harness.hpp"
#include "fuzz/generator.hpp"
#include "fuzz/saved.hpp"
#include "fuzz/shrink.hpp"
#include "fuzz/strategies.hpp"
#include "sim/world.hpp"

namespace cmap::fuzz {
namespace {

using sim::Defect;

/// The same runs each time, whatever the environment says.
rc::detail::TestResult checked(const rc::detail::Property& property, int runs, bool shrinks) {
  rc::detail::TestParams params;
  params.seed = 1;
  params.maxSuccess = runs;
  params.maxSize = rc::kNominalSize;
  params.disableShrinking = !shrinks;
  return rc::detail::checkProperty(property, {}, params);
}

std::string text_of(const rc::detail::TestResult& result) {
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  return text.str();
}

/// From all of the range at any size: sizes are for the number of inputs.
template <typename T>
rc::Gen<T> below(T bound) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange<T>(0, bound));
}

// --- Inputs straight to the core ---------------------------------------------------------------

/// Nothing: every sequence of inputs is valid.
struct AnyState {};

class Put final : public rc::state::Command<AnyState, CoreBesideModel> {
 public:
  explicit Put(Input input) : input_(input) {}
  void run(const AnyState&, CoreBesideModel& both) const override {
    const std::string difference = both.apply(input_);
    if (!difference.empty()) RC_FAIL(difference);
  }
  void show(std::ostream& os) const override { os << fuzz::text_of(input_); }

 private:
  Input input_;
};

/// What ends everything comes less often than what fills the pool.
rc::Gen<Input::What> any_call() {
  using What = Input::What;
  return rc::gen::weightedElement<What>({{4, What::check_out},
                                         {4, What::established},
                                         {3, What::check_in},
                                         {3, What::ready},
                                         {3, What::advance},
                                         {2, What::failed},
                                         {2, What::hello},
                                         {2, What::command_begins},
                                         {2, What::fails_in_use},
                                         {2, What::transport_closed},
                                         {2, What::cancel},
                                         {1, What::clear},
                                         {1, What::clear_and_interrupt},
                                         {1, What::close},
                                         {1, What::fork},
                                         {1, What::check_in_again},
                                         {1, What::set_purpose}});
}

rc::Gen<std::shared_ptr<const Put::CommandType>> any_input(const AnyState&) {
  const auto input = rc::gen::build<Input>(rc::gen::set(&Input::what, any_call()),
                                           rc::gen::set(&Input::which, below(8U)),
                                           rc::gen::set(&Input::how, below(8U)));
  return rc::gen::map(input, [](const Input& each) -> std::shared_ptr<const Put::CommandType> {
    return std::make_shared<const Put>(each);
  });
}

PoolOptions any_options() {
  const auto up_to = [](std::int64_t most) { return *below(most + 1); };
  const auto time_up_to = [&](std::int64_t most) { return std::chrono::milliseconds(up_to(most)); };
  PoolOptions options{.max_pool_size = up_to(3)};
  options.min_pool_size = up_to(*options.max_pool_size == 0 ? 2 : *options.max_pool_size);
  options.max_idle_time = time_up_to(4);
  options.max_connecting = 1 + up_to(1);
  options.wait_queue_timeout = time_up_to(4);
  options.background_interval = std::chrono::milliseconds(1 + up_to(9));
  options.establishment_timeout = time_up_to(4);
  if (up_to(1) == 1) options.handshake_timeout = time_up_to(4);
  options.load_balanced = up_to(3) == 3;
  return options;
}

rc::detail::TestResult check_core_beside(Defect defect, int runs) {
  return checked(rc::detail::toProperty([defect] {
                   CoreBesideModel both(any_options(), defect);
                   rc::state::check(AnyState{}, both, any_input);
                 }),
                 runs, /*shrinks=*/true);
}

TEST(RapidCheck, TheCoreDoesWhatTheModelDoes) {
  const auto result = check_core_beside(Defect::none, 2000);
  EXPECT_TRUE(result.is<rc::detail::SuccessResult>()) << text_of(result);
}

// --- Scenarios -----------------------------------------------------------------------------------

/// `operations`: of the small scenario, if one fails.
rc::detail::TestResult check_scenarios(const sim::PoolFactory& factory, int runs,
                                       std::size_t& operations) {
  return checked(
      rc::detail::toProperty([&] {
        const auto seed = *rc::gen::arbitrary<std::uint64_t>();
        const auto strategy = *rc::gen::element(Strategy::random, Strategy::pct, Strategy::delays);
        const auto max_pool_size = *below<std::int64_t>(4);
        sim::SeededChoices composing(seed, "scenario");
        sim::Scenario scenario = generate(composing);
        scenario.options.max_pool_size = max_pool_size;
        if (max_pool_size > 0 && scenario.options.min_pool_size > max_pool_size) {
          scenario.options.min_pool_size = max_pool_size;
        }
        std::unique_ptr<sim::ChoiceSource> schedule =
            std::make_unique<sim::SeededChoices>(seed, "schedule");
        if (strategy == Strategy::pct) schedule = pct_choices(seed);
        if (strategy == Strategy::delays) schedule = delaying_choices(seed);
        Tested tested = test(scenario, *schedule, factory);
        if (!tested.finding) return;
        const Shrunk small =
            shrink({scenario, std::move(tested.schedule), std::move(*tested.finding)}, factory);
        operations = small.failure.scenario.operations.size();
        RC_FAIL(small.failure.finding.message + "\n" + save(small.failure, "rapidcheck").text);
      }),
      runs, /*shrinks=*/false);
}

TEST(RapidCheck, ScenariosFindNothingInTheRightPool) {
  const sim::PoolFactory pool = sim::connection_pool();
  std::size_t operations = 0;
  const auto result = check_scenarios(pool, 500, operations);
  EXPECT_TRUE(result.is<rc::detail::SuccessResult>()) << text_of(result);
}

// --- What is broken is found by both
// ---------------------------------------------------------------

class BrokenModels : public ::testing::TestWithParam<Defect> {};

TEST_P(BrokenModels, DifferFromTheCoreAndAreMadeSmall) {
  const auto result = check_core_beside(GetParam(), 3000);
  ASSERT_TRUE(result.is<rc::detail::FailureResult>()) << text_of(result);
  const auto& failure = result.get<rc::detail::FailureResult>();
  ASSERT_FALSE(failure.counterExample.empty());
  // One line for each input.
  const std::string& inputs = failure.counterExample.back().second;
  EXPECT_LE(std::count(inputs.begin(), inputs.end(), '\n'), 12) << text_of(result);
}

TEST_P(BrokenModels, FailTheScenariosWithASmallOne) {
  const sim::PoolFactory broken = sim::broken_reference_model(GetParam());
  std::size_t operations = 0;
  const auto result = check_scenarios(broken, 3000, operations);
  ASSERT_TRUE(result.is<rc::detail::FailureResult>()) << text_of(result);
  const std::string& message = result.get<rc::detail::FailureResult>().description;
  EXPECT_NE(message.find("\nversion: 1\n"), std::string::npos) << message;
  EXPECT_LE(operations, 24U) << message;
}

INSTANTIATE_TEST_SUITE_P(
    RapidCheck, BrokenModels,
    ::testing::Values(Defect::lifo_queue, Defect::keeps_stale, Defect::forgets_permit,
                      Defect::ignores_max, Defect::ignores_max_connecting, Defect::no_failed_event,
                      Defect::wrong_reason, Defect::clears_after_eviction, Defect::zero_duration,
                      Defect::no_run_after_clear, Defect::pending_survive_interrupt,
                      Defect::closes_under_holder, Defect::deadline_ends_with_queue));

}  // namespace
}  // namespace cmap::fuzz
