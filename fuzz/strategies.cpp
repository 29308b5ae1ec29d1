// The sources of choices that do more than draw.
#include "fuzz/strategies.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "sim/prng.hpp"

namespace cmap::fuzz {
namespace {

using sim::ActionKind;
using sim::Option;

/// Choices of a typical run, between which what changes is drawn.
constexpr std::uint64_t typical_choices = 80;

/// Whoever acts: an actor goes on as the same one whether it operates or wakes.
Option group_of(Option option) {
  if (option.action == ActionKind::wake) option.action = ActionKind::operate;
  return option;
}

class PctChoices final : public sim::ChoiceSource {
 public:
  explicit PctChoices(std::uint64_t seed) : prng_(sim::derive_seed(seed, "pct")) {
    constexpr std::array<std::uint64_t, 4> depths{1, 2, 3, 5};
    const std::uint64_t depth = depths[prng_.below(depths.size())];
    for (std::uint64_t i = 0; i < depth; ++i) changes_.push_back(prng_.below(typical_choices));
  }

  std::uint32_t choose(sim::ChoiceKind, std::span<const Option> options) override {
    const std::uint64_t now = made_++;
    if (now > fair_from) return static_cast<std::uint32_t>(prng_.below(options.size()));
    std::uint32_t best = highest(options);
    if (std::find(changes_.begin(), changes_.end(), now) != changes_.end()) {
      priorities_[group_of(options[best])] = --lowest_;
      best = highest(options);
    }
    return best;
  }

 private:
  static constexpr std::uint64_t fair_from = 4 * typical_choices;

  std::uint32_t highest(std::span<const Option> options) {
    std::uint32_t best = 0;
    for (std::uint32_t i = 1; i < options.size(); ++i) {
      if (priority(options[i]) > priority(options[best])) best = i;
    }
    return best;
  }

  /// Drawn when it is seen first.
  std::int64_t priority(const Option& option) {
    const auto [found, is_new] = priorities_.try_emplace(group_of(option), 0);
    if (is_new) found->second = static_cast<std::int64_t>(1 + prng_.below(1'000'000));
    return found->second;
  }

  sim::Prng prng_;
  std::vector<std::uint64_t> changes_;
  std::map<Option, std::int64_t> priorities_;
  std::int64_t lowest_ = 0;
  std::uint64_t made_ = 0;
};

class DelayingChoices final : public sim::ChoiceSource {
 public:
  explicit DelayingChoices(std::uint64_t seed) : prng_(sim::derive_seed(seed, "delays")) {
    const std::uint64_t count = 1 + prng_.below(4);
    for (std::uint64_t i = 0; i < count; ++i) starts_.push_back(prng_.below(typical_choices));
  }

  std::uint32_t choose(sim::ChoiceKind, std::span<const Option> options) override {
    const std::uint64_t now = made_++;
    std::uint32_t dullest = first_that_may(options, now);
    if (std::find(starts_.begin(), starts_.end(), now) != starts_.end()) {
      held_back_[group_of(options[dullest])] = now + 1 + prng_.below(longest);
      dullest = first_that_may(options, now);
    }
    return dullest;
  }

 private:
  static constexpr std::uint64_t longest = 12;  // choices

  /// The first if all are held back.
  std::uint32_t first_that_may(std::span<const Option> options, std::uint64_t now) const {
    for (std::uint32_t i = 0; i < options.size(); ++i) {
      const auto found = held_back_.find(group_of(options[i]));
      if (found == held_back_.end() || found->second <= now) return i;
    }
    return 0;
  }

  sim::Prng prng_;
  std::vector<std::uint64_t> starts_;
  std::map<Option, std::uint64_t> held_back_;  ///< until which choice
  std::uint64_t made_ = 0;
};

class MutatedChoices final : public sim::ChoiceSource {
 public:
  MutatedChoices(std::vector<sim::RecordedChoice> recorded, std::uint64_t seed)
      : recorded_(std::move(recorded)), prng_(sim::derive_seed(seed, "mutation")) {
    if (recorded_.empty()) return;
    const std::uint64_t count = 1 + prng_.below(3);
    for (std::uint64_t i = 0; i < count && !recorded_.empty(); ++i) change_one();
    if (prng_.ratio(1, 4)) recorded_.resize(prng_.below(recorded_.size() + 1));
  }

  std::uint32_t choose(sim::ChoiceKind kind, std::span<const Option> options) override {
    if (next_ < recorded_.size()) {
      const sim::RecordedChoice& wanted = recorded_[next_++];
      const auto found = std::find(options.begin(), options.end(), wanted.option);
      if (wanted.kind == kind && found != options.end()) {
        return static_cast<std::uint32_t>(found - options.begin());
      }
    }
    return static_cast<std::uint32_t>(prng_.below(options.size()));
  }

 private:
  void change_one() {
    const auto at = recorded_.begin() + static_cast<std::ptrdiff_t>(prng_.below(recorded_.size()));
    switch (prng_.below(3)) {
      case 0:
        recorded_.erase(at);
        break;
      case 1:
        at->option = {ActionKind::draw, static_cast<std::uint32_t>(prng_.below(8))};
        break;
      default:
        recorded_.insert(at, *at);
        break;
    }
  }

  std::vector<sim::RecordedChoice> recorded_;
  std::size_t next_ = 0;
  sim::Prng prng_;
};

}  // namespace

std::string_view strategy_name(Strategy strategy) {
  switch (strategy) {
    case Strategy::portfolio:
      return "portfolio";
    case Strategy::random:
      return "random";
    case Strategy::pct:
      return "pct";
    case Strategy::delays:
      return "delays";
    case Strategy::mutation:
      return "mutation";
  }
  return "?";
}

std::unique_ptr<sim::ChoiceSource> pct_choices(std::uint64_t seed) {
  return std::make_unique<PctChoices>(seed);
}

std::unique_ptr<sim::ChoiceSource> delaying_choices(std::uint64_t seed) {
  return std::make_unique<DelayingChoices>(seed);
}

std::unique_ptr<sim::ChoiceSource> mutated_choices(std::vector<sim::RecordedChoice> recorded,
                                                   std::uint64_t seed) {
  return std::make_unique<MutatedChoices>(std::move(recorded), seed);
}

}  // namespace cmap::fuzz
