// How fast the simulation is: steps, schedules, and idle time, with all oracles on.
#include <chrono>
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "sim/world.hpp"

namespace {

using namespace std::chrono_literals;
namespace sim = cmap::sim;

void add(sim::Scenario& scenario, sim::OperationBody body, sim::ActorIndex actor) {
  scenario.operations.push_back({.actor = actor, .body = std::move(body)});
}

/// `actors` threads that each check out and in `rounds` times, and hold what they have for `hold`.
sim::Scenario contention(sim::ActorIndex actors, int rounds, std::uint32_t max_pool_size = 2,
                         cmap::Duration hold = {}) {
  sim::Scenario scenario;
  scenario.options.max_pool_size = max_pool_size;
  add(scenario, sim::Ready{}, sim::main_actor);
  for (sim::ActorIndex actor = 1; actor <= actors; ++actor) {
    scenario.actors.push_back("thread" + std::to_string(actor));
    scenario.labels.push_back("connection" + std::to_string(actor));
    add(scenario, sim::Start{actor}, sim::main_actor);
  }
  for (int round = 0; round < rounds; ++round) {
    for (sim::ActorIndex actor = 1; actor <= actors; ++actor) {
      add(scenario, sim::CheckOut{.label = actor - 1}, actor);
      if (hold > cmap::Duration::zero()) add(scenario, sim::Wait{hold}, actor);
      add(scenario, sim::CheckIn{actor - 1}, actor);
    }
  }
  for (sim::ActorIndex actor = 1; actor <= actors; ++actor) {
    add(scenario, sim::WaitForThread{actor}, sim::main_actor);
  }
  return scenario;
}

void count_steps(benchmark::State& state, std::uint64_t steps) {
  state.counters["steps/s"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kIsRate);
  state.counters["steps/run"] =
      benchmark::Counter(static_cast<double>(steps) / static_cast<double>(state.iterations()));
}

/// One long run; `next_choices()` makes what decides each step.
template <typename NextChoices>
void long_runs(benchmark::State& state, NextChoices next_choices) {
  const sim::Scenario scenario = contention(4, 500);
  std::uint64_t steps = 0;
  for (auto _ : state) {
    auto choices = next_choices();
    steps += sim::run(scenario, sim::connection_pool(), choices).steps;
  }
  count_steps(state, steps);
}

void canonical_steps(benchmark::State& state) {
  long_runs(state, [] { return sim::CanonicalChoices(); });
}
BENCHMARK(canonical_steps)->Unit(benchmark::kMillisecond);

void seeded_steps(benchmark::State& state) {
  long_runs(state, [seed = std::uint64_t{0}]() mutable { return sim::SeededChoices(++seed); });
}
BENCHMARK(seeded_steps)->Unit(benchmark::kMillisecond);

/// Many short runs: worlds are made, run and torn down.
void schedules(benchmark::State& state) {
  const sim::Scenario scenario = contention(2, 2);
  std::uint64_t steps = 0;
  std::uint64_t seed = 0;
  for (auto _ : state) {
    sim::SeededChoices choices(++seed);
    steps += sim::run(scenario, sim::connection_pool(), choices).steps;
  }
  count_steps(state, steps);
  state.counters["schedules/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(schedules)->Unit(benchmark::kMicrosecond);

/// A day of an idle pool whose background Run comes every 10 ms.
void idle_day(benchmark::State& state) {
  sim::Scenario scenario;
  scenario.options.min_pool_size = 2;
  scenario.options.background_interval = 10ms;
  add(scenario, sim::Ready{}, sim::main_actor);
  add(scenario, sim::Wait{24h}, sim::main_actor);
  std::uint64_t steps = 0;
  for (auto _ : state) {
    sim::CanonicalChoices choices;
    steps += sim::run(scenario, sim::connection_pool(), choices).steps;
  }
  count_steps(state, steps);
}
BENCHMARK(idle_day)->Unit(benchmark::kMillisecond)->Iterations(1);

/// Ten seconds of a busy one: 100 connections, each used for 10 ms at a time, 10,000 check-outs per
/// second.
void busy_seconds(benchmark::State& state) {
  constexpr int rounds = 1000;
  constexpr cmap::Duration hold = 10ms;
  const sim::Scenario scenario = contention(100, rounds, 100, hold);
  std::uint64_t steps = 0;
  std::uint64_t seed = 0;
  for (auto _ : state) {
    sim::SeededChoices choices(++seed);
    steps += sim::run(scenario, sim::connection_pool(), choices).steps;
  }
  count_steps(state, steps);
  const double seconds = std::chrono::duration<double>(rounds * hold).count();
  state.counters["compression"] = benchmark::Counter(
      seconds * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(busy_seconds)->Unit(benchmark::kMillisecond);

}  // namespace
