// One run: where its choices come from, and what is kept of it.
#include "fuzz/fuzzer.hpp"

#include <algorithm>
#include <memory>
#include <queue>
#include <utility>

#include "fuzz/generator.hpp"
#include "sim/prng.hpp"
#include "sim/reference_model/reference_model.hpp"

namespace cmap::fuzz {
namespace {

/// So that a state in the largest entry still counts.
constexpr std::uint64_t worth_scale = 1'000'000;

/// Two are as good as many.
std::uint64_t few(std::uint32_t count) { return std::min<std::uint32_t>(count, 2); }

/// What an event says of the pool's state, with the event before it.
std::uint64_t abstract_state(const Event& event, EventType before) {
  std::uint64_t state = static_cast<std::uint64_t>(event.type()) * event_type_count +
                        static_cast<std::uint64_t>(before);
  for (const std::uint32_t count :
       {event.counts.pending, event.counts.available, event.counts.in_use, event.counts.waiting}) {
    state = state * 3 + few(count);
  }
  return state;
}

/// With the one before: how the pool came from state to state.
std::vector<std::uint64_t> states_of(const sim::Trace& trace) {
  std::vector<std::uint64_t> states;
  EventType before = EventType::pool_created;
  std::uint64_t last = 0;
  for (const sim::TracedEvent& traced : trace.events) {
    const std::uint64_t state = abstract_state(traced.event, before);
    states.push_back(sim::mix(last * 1'000'003 + state));
    before = traced.event.type();
    last = state;
  }
  std::sort(states.begin(), states.end());
  states.erase(std::unique(states.begin(), states.end()), states.end());
  return states;
}

}  // namespace

Fuzzer::Sources Fuzzer::mutated(const CorpusEntry& entry, std::uint64_t seed) {
  sim::Prng prng(sim::derive_seed(seed, "what is mutated"));
  Sources sources{.scenario = std::make_unique<sim::ReplayedChoices>(entry.scenario),
                  .schedule = mutated_choices(entry.schedule, seed)};
  if (prng.ratio(1, 2)) sources.scenario = mutated_choices(entry.scenario, sim::mix(seed));
  return sources;
}

Strategy Fuzzer::strategy_of(std::uint64_t run_seed) const {
  Strategy strategy = options_.strategy;
  if (strategy == Strategy::portfolio) {
    const std::uint64_t draw = sim::Prng(sim::derive_seed(run_seed, "strategy")).below(100);
    strategy = draw < 55   ? Strategy::random
               : draw < 70 ? Strategy::pct
               : draw < 80 ? Strategy::delays
                           : Strategy::mutation;
  }
  return strategy == Strategy::mutation && corpus_.empty() ? Strategy::random : strategy;
}

Fuzzer::Sources Fuzzer::sources_of(std::uint64_t number) const {
  const std::uint64_t seed = sim::mix(sim::mix(options_.seed) ^ number);
  Sources sources{.scenario = std::make_unique<sim::SeededChoices>(seed, "scenario"),
                  .schedule = std::make_unique<sim::SeededChoices>(seed)};
  switch (strategy_of(seed)) {
    case Strategy::portfolio:
    case Strategy::random:
      break;
    case Strategy::pct:
      sources.schedule = pct_choices(seed);
      break;
    case Strategy::delays:
      sources.schedule = delaying_choices(seed);
      break;
    case Strategy::mutation:
      sources = mutated(corpus_[sim::derive_seed(seed, "entry") % corpus_.size()].entry, seed);
      break;
  }
  return sources;
}

FuzzRun Fuzzer::run(std::uint64_t number, const Tester& tester) const {
  const Sources sources = sources_of(number);
  constexpr std::uint64_t sampled = 16;
  PropertyOptions property = options_.property;
  property.note_coverage |= options_.samples_coverage && number % sampled == 0;
  return run_of(*sources.scenario, *sources.schedule, tester, property);
}

Failure Fuzzer::composed(std::uint64_t number) const {
  const Sources sources = sources_of(number);
  Failure failure{.scenario = generate(*sources.scenario), .schedule = {}, .finding = {}};
  sim::RecordingChoices recording(*sources.schedule);
  sim::run(failure.scenario, sim::reference_model(), recording, run_options());
  failure.schedule = recording.recorded();
  return failure;
}

FuzzRun Fuzzer::run_again(const CorpusEntry& entry, const Tester& tester) const {
  sim::ReplayedChoices scenario(entry.scenario);
  sim::ReplayedChoices schedule(entry.schedule);
  return run_of(scenario, schedule, tester, options_.property);
}

FuzzRun Fuzzer::run_of(sim::ChoiceSource& composing, sim::ChoiceSource& schedule,
                       const Tester& tester, const PropertyOptions& property) const {
  sim::RecordingChoices recording(composing);
  sim::Scenario scenario = generate(recording);
  Tested tested = tester(scenario, schedule, factory_, property);

  FuzzRun run{.failure = {}, .made_by = {.scenario = recording.recorded(), .schedule = {}}};
  run.states = states_of(tested.trace);
  run.steps = tested.trace.steps;
  if (property.note_coverage) run.hits = hits_of(scenario, tested.trace);
  run.impossible = std::move(tested.impossible);
  if (tested.finding) {
    run.failure = {std::move(scenario), tested.schedule, std::move(*tested.finding)};
  }
  run.made_by.schedule = std::move(tested.schedule);
  return run;
}

void Fuzzer::begin_with(FuzzRun run_again) {
  states_at_the_beginning_.insert(run_again.states.begin(), run_again.states.end());
  keep_if_new(std::move(run_again));
  end_epoch();
}

void Fuzzer::take(FuzzRun run) {
  ++runs_;
  steps_ += run.steps;
  if (run.hits) coverage_.add(*run.hits);
  if (run.impossible) ++impossible_[*run.impossible];
  keep_if_new(std::move(run));
}

void Fuzzer::keep_if_new(FuzzRun run) {
  bool is_new = false;
  for (const std::uint64_t state : run.states) is_new = states_.insert(state).second || is_new;
  if (is_new) found_.push_back({std::move(run.made_by), std::move(run.states)});
}

void Fuzzer::end_epoch() {
  for (Found& entry : found_) {
    if (corpus_.size() < most_entries) {
      corpus_.push_back(std::move(entry));
    } else {
      corpus_[next_entry_++ % most_entries] = std::move(entry);
    }
  }
  found_.clear();
}

std::vector<CorpusEntry> Fuzzer::worth_keeping() const {
  std::unordered_set<std::uint64_t> covered = states_at_the_beginning_;
  const auto worth = [&](const Found& found) {
    const auto is_new = [&](std::uint64_t state) { return !covered.contains(state); };
    const auto count = static_cast<std::uint64_t>(std::ranges::count_if(found.states, is_new));
    return count * worth_scale / (1 + found.entry.scenario.size() + found.entry.schedule.size());
  };
  // What an entry is worth only falls: whatever is still ahead when it is looked at again is best.
  std::priority_queue<std::pair<std::uint64_t, std::size_t>> best_first;
  for (std::size_t i = 0; i < corpus_.size(); ++i) best_first.push({worth(corpus_[i]), i});
  std::vector<CorpusEntry> kept;
  while (!best_first.empty()) {
    const std::size_t i = best_first.top().second;
    best_first.pop();
    const std::uint64_t now = worth(corpus_[i]);
    if (now == 0) continue;
    if (!best_first.empty() && now < best_first.top().first) {
      best_first.push({now, i});
      continue;
    }
    covered.insert(corpus_[i].states.begin(), corpus_[i].states.end());
    kept.push_back(corpus_[i].entry);
  }
  return kept;
}

FuzzTotals Fuzzer::totals() const {
  return {.runs = runs_,
          .steps = steps_,
          .states = states_.size(),
          .corpus = corpus_.size(),
          .impossible = impossible_};
}

std::optional<Found> find_first(const FuzzOptions& options, const sim::PoolFactory& factory,
                                const std::function<bool(std::uint64_t)>& go_on) {
  Fuzzer fuzzer(options, factory);
  for (std::uint64_t number = 0; go_on(number); ++number) {
    FuzzRun run = fuzzer.run(number);
    if (run.failure) return Found{number, std::move(*run.failure)};
    fuzzer.take(std::move(run));
    if ((number + 1) % Fuzzer::runs_of_epoch == 0) fuzzer.end_epoch();
  }
  return std::nullopt;
}

}  // namespace cmap::fuzz
