// The pool and the reference model, side by side on thousands of random scenarios: the same events,
// outcomes and times, to the nanosecond, and the same words, also in the drain.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fuzz/generator.hpp"
#include "sim/reference_model/reference_model.hpp"
#include "sim/world.hpp"

namespace cmap::fuzz {
namespace {

void add_error(std::string& line, const ErrorPtr& error) {
  if (!error) return;
  line += " error: ";
  line += type_name(error->type);
  line += ", ";
  line += error->message;
}

std::string line_of(const Event& event) {
  const PoolCounts& counts = event.counts;
  std::string line =
      "@" + sim::milliseconds_text(event.time - TimePoint{}) + " " + sim::describe(event);
  line += " [" + std::to_string(counts.pending) + " " + std::to_string(counts.available) + " ";
  line += std::to_string(counts.in_use) + " " + std::to_string(counts.waiting) + "]";
  if (const auto* closed = std::get_if<ConnectionClosedEvent>(&event.body)) {
    add_error(line, closed->error);
  } else if (const auto* failed = std::get_if<ConnectionCheckOutFailedEvent>(&event.body)) {
    add_error(line, failed->error);
  }
  return line;
}

void add_ends(std::vector<std::string>& lines, const sim::Trace& trace) {
  for (std::size_t i = 0; i < trace.operation_errors.size(); ++i) {
    if (!trace.operation_errors[i]) continue;
    lines.push_back("operation " + std::to_string(i));
    add_error(lines.back(), trace.operation_errors[i]);
  }
  if (trace.failure) lines.push_back("failure: " + trace.failure->message);
  lines.push_back("end @" + sim::milliseconds_text(trace.end));
}

/// All events, those of the drain too; then the errors of the operations and how the run ended.
std::vector<std::string> run_once(const sim::Scenario& scenario, const sim::PoolFactory& factory) {
  std::vector<std::string> lines;
  const sim::PoolFactory overheard = [&](const sim::PoolSetup& setup, Environment& environment) {
    sim::PoolSetup with_ears = setup;
    if (setup.number == 0) {
      with_ears.listener = [&lines, listener = setup.listener](const Event& event) {
        lines.push_back(line_of(event));
        listener(event);
      };
    }
    return factory(with_ears, environment);
  };
  sim::CanonicalChoices choices;
  const sim::Trace trace = sim::run(scenario, overheard, choices, {.drain = true});
  // A run that failed is not drained: what its end brings up is nobody's business.
  if (trace.failure) lines.resize(trace.events.size());
  add_ends(lines, trace);
  return lines;
}

/// Empty if they are equal, else the lines around the first difference.
std::string first_difference(const std::vector<std::string>& model,
                             const std::vector<std::string>& pool) {
  std::size_t at = 0;
  while (at < model.size() && at < pool.size() && model[at] == pool[at]) ++at;
  if (at == model.size() && at == pool.size()) return {};
  std::string text;
  for (std::size_t i = at < 12 ? 0 : at - 12; i < at; ++i) text += "  both   " + model[i] + "\n";
  for (std::size_t i = at; i < at + 3 && i < model.size(); ++i)
    text += "  model  " + model[i] + "\n";
  for (std::size_t i = at; i < at + 3 && i < pool.size(); ++i) text += "  pool   " + pool[i] + "\n";
  return text;
}

/// What the two do differently is found without a sanitizer.
#ifdef CMAP_SANITIZED
constexpr std::uint64_t random_scenarios = 1000;
#else
constexpr std::uint64_t random_scenarios = 20000;
#endif

TEST(ModelEquivalence, ThePoolDoesWhatTheModelDoes) {
  for (std::uint64_t seed = 1; seed <= random_scenarios; ++seed) {
    sim::SeededChoices composing(seed, "scenario");
    const sim::Scenario scenario = generate(composing);
    const auto expected = run_once(scenario, sim::reference_model());
    const auto actual = run_once(scenario, sim::connection_pool());
    ASSERT_EQ(first_difference(expected, actual), "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace cmap::fuzz
