// Choices as texts, in both directions.
#include "spec-tests/schedule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

#include "spec-tests/object_reader.hpp"

namespace cmap::spec_tests {
namespace {

using sim::ActionKind;

constexpr std::array scheduled_actions{ActionKind::deliver, ActionKind::operate, ActionKind::wake,
                                       ActionKind::pool_timer, ActionKind::transport};

std::optional<std::uint32_t> subject_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<sim::RecordedChoice> read_choice(const Value& value, Problems& problems) {
  const auto text = read_string(&value, "a choice of the schedule", problems);
  if (!text) return std::nullopt;
  const std::size_t space = text->find(' ');
  const auto subject =
      space == text->npos ? std::nullopt : subject_of(std::string_view(*text).substr(space + 1));
  if (!subject) {
    problems.add(value.mark,
                 "a choice of the schedule must be an action and the number of its "
                 "subject as \"operate 1\", but is " +
                     in_quotes(*text));
    return std::nullopt;
  }
  std::array<std::string_view, scheduled_actions.size()> names{};
  std::ranges::transform(scheduled_actions, names.begin(), sim::action_name);
  Value name(text->substr(0, space));
  name.mark = value.mark;
  const auto word = read_word(&name, "the action", names, problems);
  if (!word) return std::nullopt;
  return sim::RecordedChoice{.option = {.action = scheduled_actions[*word], .subject = *subject}};
}

}  // namespace

std::string choice_text(const sim::RecordedChoice& choice) {
  std::string text(sim::action_name(choice.option.action));
  return text + ' ' + std::to_string(choice.option.subject);
}

std::vector<sim::RecordedChoice> read_schedule(const Value& value, Problems& problems) {
  std::vector<sim::RecordedChoice> schedule;
  for (const Value& element : read_list(&value, "schedule", problems)) {
    if (const auto choice = read_choice(element, problems)) schedule.push_back(*choice);
  }
  return schedule;
}

}  // namespace cmap::spec_tests
