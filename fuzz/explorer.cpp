// A state is reached by making its run again: a run takes microseconds, and pools need not be
// copied.
#include "fuzz/explorer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "sim/event_digest.hpp"
#include "sim/prng.hpp"

namespace cmap::fuzz {
namespace {

/// Takes the options of a path, and stops at its end.
class PathChoices final : public sim::ChoiceSource {
 public:
  explicit PathChoices(const std::vector<std::uint32_t>& path) : path_(path) {}
  [[nodiscard]] bool skips_commuting() const override { return true; }
  std::uint32_t choose(sim::ChoiceKind, std::span<const sim::Option> options) override {
    if (next_ < path_.size()) return path_[next_++];
    options_ = static_cast<std::uint32_t>(options.size());
    return stop;
  }
  /// Of the choice at which it stopped; 0: it was not asked so often.
  [[nodiscard]] std::uint32_t options() const { return options_; }

 private:
  const std::vector<std::uint32_t>& path_;
  std::size_t next_ = 0;
  std::uint32_t options_ = 0;
};

/// The model on the same schedule. Its steps may be a few more or less: it stops at the first
/// choice after the last one.
class StoppingReplay final : public sim::ChoiceSource {
 public:
  explicit StoppingReplay(const std::vector<sim::RecordedChoice>& schedule)
      : replayed_(schedule), size_(schedule.size()) {}
  std::uint32_t choose(sim::ChoiceKind kind, std::span<const sim::Option> options) override {
    if (replayed_.replayed() == size_) return stop;
    return replayed_.choose(kind, options);
  }

 private:
  sim::ReplayedChoices replayed_;
  const std::size_t size_;
};

bool same(const Event& a, const Event& b) {
  sim::Digest of_a;
  sim::Digest of_b;
  sim::fold_event(of_a, a);
  sim::fold_event(of_b, b);
  return of_a == of_b;
}

/// As far as both have come.
bool agree(const std::vector<sim::TracedEvent>& some, const std::vector<sim::TracedEvent>& others) {
  const std::size_t size = std::min(some.size(), others.size());
  for (std::size_t i = 0; i < size; ++i) {
    if (!same(some[i].event, others[i].event)) return false;
  }
  return true;
}

sim::Trace model_run(const sim::Scenario& scenario,
                     const std::vector<sim::RecordedChoice>& schedule, const sim::Twins& twins,
                     bool stops) {
  sim::RunOptions options = run_options();
  options.twins = &twins;
  options.oracles = false;
  options.drain = false;
  if (stops) {
    StoppingReplay choices(schedule);
    return sim::run(scenario, sim::reference_model(), choices, options);
  }
  sim::ReplayedChoices choices(schedule);
  return sim::run(scenario, sim::reference_model(), choices, options);
}

/// Of the two runs together: what they do next, and whether they agree. Twins are renamed in both
/// at once: the least fingerprint stands for all that these states have.
std::uint64_t state_of(const sim::Trace& pool, const sim::Trace& model) {
  const std::vector<std::uint64_t> ended = {model.digest};
  const auto& of_model = model.stopped_at.empty() ? ended : model.stopped_at;
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0; i < std::min(pool.stopped_at.size(), of_model.size()); ++i) {
    sim::Digest digest;
    digest.fold(pool.stopped_at[i]);
    digest.fold(of_model[i]);
    digest.fold(pool.events.size() - model.events.size());
    least = std::min(least, digest.value());
  }
  return least;
}

/// The same schedule, to its end, with everything that is demanded of a run.
std::optional<Failure> failure_of(const sim::Scenario& scenario, const sim::PoolFactory& factory,
                                  std::vector<sim::RecordedChoice> schedule) {
  sim::ReplayedChoices choices(schedule);
  Tested tested = test(scenario, choices, factory);
  if (!tested.finding) return std::nullopt;
  return Failure{scenario, std::move(schedule), std::move(*tested.finding)};
}

}  // namespace

Successor follow(const sim::Scenario& scenario, const sim::PoolFactory& factory,
                 const sim::Twins& twins, const std::vector<std::uint32_t>& path) {
  PathChoices choices(path);
  sim::RecordingChoices recording(choices);
  sim::RunOptions options = run_options();
  options.twins = &twins;
  sim::Trace pool = sim::run(scenario, factory, recording, options);
  Successor successor{.options = choices.options()};
  const bool stopped = !pool.stopped_at.empty();
  bool agrees = false;
  // A pool that only cannot be torn down where it was stopped is in a state like any other.
  if (stopped || !pool.failure) {
    const sim::Trace model = model_run(scenario, recording.recorded(), twins, stopped);
    if (stopped) successor.state = state_of(pool, model);
    const bool both_agree =
        stopped ? agree(pool.events, model.events) : pool.digest == model.digest;
    agrees = both_agree && !pool.failure;
  }
  if (!agrees) successor.failure = failure_of(scenario, factory, recording.recorded());
  successor.events = std::move(pool.events);
  return successor;
}

Explorer::Explorer(const sim::Scenario& scenario, const sim::PoolFactory& factory,
                   const ExploreOptions& options)
    : scenario_(scenario),
      factory_(factory),
      options_(options),
      twins_(options.prunes_twins ? sim::twins_of(scenario) : sim::no_twins(scenario)) {
  add(follow(scenario_, factory_, twins_, {}), 0, 0);
  level_end_ = failure_ ? 0 : nodes_.size();
}

Explorer::Expansion Explorer::expand(std::size_t place) const {
  std::vector<std::uint32_t> path = path_to(level_begin_ + place);
  path.push_back(0);
  Expansion expansion;
  for (std::uint32_t option = 0; option < nodes_[level_begin_ + place].options; ++option) {
    path.back() = option;
    expansion.push_back(follow(scenario_, factory_, twins_, path));
  }
  return expansion;
}

void Explorer::take(const Expansion& expansion) {
  const auto parent = static_cast<std::uint32_t>(level_begin_ + next_taken_++);
  for (std::uint16_t option = 0; option < expansion.size() && !failure_; ++option) {
    ++totals_.transitions;
    add(expansion[option], parent, option);
  }
}

void Explorer::add(const Successor& successor, std::uint32_t parent, std::uint16_t option) {
  failure_ = successor.failure;
  if (failure_) return;
  if (successor.options == 0) {
    ++totals_.ends;
  } else if (states_.contains(successor.state)) {
    return;
  } else if (totals_.states == options_.most_states) {
    totals_.cut_off = true;
  } else {
    states_.insert(successor.state);
    ++totals_.states;
    nodes_.push_back({parent, option, static_cast<std::uint16_t>(successor.options)});
  }
}

void Explorer::end_level() {
  ++totals_.depth;
  level_begin_ = level_end_;
  level_end_ = failure_ || totals_.cut_off ? level_begin_ : nodes_.size();
  next_taken_ = 0;
}

void Explorer::run(const std::function<bool()>& go_on) {
  while (level_size() > 0) {
    const std::size_t size = level_size();
    for (std::size_t place = 0; place < size && !failure_; ++place) {
      if (go_on && !go_on()) return;
      take(expand(place));
    }
    end_level();
  }
}

/// The root's own path is empty: its only option was to begin.
std::vector<std::uint32_t> Explorer::path_to(std::size_t node) const {
  std::vector<std::uint32_t> path;
  for (std::size_t at = node; at != 0; at = nodes_[at].parent) path.push_back(nodes_[at].option);
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace cmap::fuzz
