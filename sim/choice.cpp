// The sources of choices that remember: recording, replaying, enumerating.
#include "sim/choice.hpp"

#include <algorithm>
#include <stdexcept>

namespace cmap::sim {

std::string_view choice_kind_name(ChoiceKind kind) {
  switch (kind) {
    case ChoiceKind::schedule:
      return "schedule";
    case ChoiceKind::scenario:
      return "scenario";
  }
  return "?";
}

std::string_view action_name(ActionKind action) {
  switch (action) {
    case ActionKind::deliver:
      return "deliver";
    case ActionKind::operate:
      return "operate";
    case ActionKind::wake:
      return "wake";
    case ActionKind::pool_timer:
      return "pool_timer";
    case ActionKind::transport:
      return "transport";
    case ActionKind::draw:
      return "draw";
  }
  return "?";
}

std::uint32_t RecordingChoices::choose(ChoiceKind kind, std::span<const Option> options) {
  const std::uint32_t index = source_.choose(kind, options);
  if (index != stop) recorded_.push_back({kind, options[index]});
  return index;
}

std::uint32_t ReplayedChoices::choose(ChoiceKind kind, std::span<const Option> options) {
  // A record may be a shortened one: what comes after its end is canonical by intent, not drift.
  if (next_ == recorded_.size()) return 0;
  const RecordedChoice& wanted = recorded_[next_];
  const auto found = std::find(options.begin(), options.end(), wanted.option);
  if (wanted.kind != kind || found == options.end()) {
    ++drift_;
    return 0;
  }
  ++next_;
  return static_cast<std::uint32_t>(found - options.begin());
}

bool EnumeratedChoices::next_run() {
  if (!started_) {
    started_ = true;
    return true;
  }
  // Branches behind the point where the last run ended were not taken by it.
  path_.resize(depth_);
  depth_ = 0;
  while (!path_.empty() && path_.back().taken + 1 == path_.back().count) path_.pop_back();
  if (path_.empty()) return false;
  ++path_.back().taken;
  return true;
}

std::uint32_t EnumeratedChoices::choose(ChoiceKind, std::span<const Option> options) {
  const auto count = static_cast<std::uint32_t>(options.size());
  if (depth_ == path_.size()) path_.push_back({0, count});
  const Branch& branch = path_[depth_];
  // Same answers so far, so the same question: anything else would leave runs out unnoticed.
  if (branch.count != count) {
    throw std::logic_error("the run is not a function of its choices: choice " +
                           std::to_string(depth_) + " had " + std::to_string(branch.count) +
                           " options, now " + std::to_string(count));
  }
  ++depth_;
  return branch.taken;
}

}  // namespace cmap::sim
