// What several readers of the format share.
#include "spec-tests/unified_readers.hpp"

#include <algorithm>
#include <array>

#include "spec-tests/unified_match.hpp"

namespace cmap::spec_tests {

bool require_one_member(const Value& value, std::string_view what, Problems& problems) {
  if (value.object() != nullptr && value.object()->size() == 1) return true;
  problems.add(value.mark,
               std::string(what) + " must be an object with one key, but is " + to_text(value));
  return false;
}

std::span<const Value> read_filled_list(const Value* value, std::string_view what,
                                        Problems& problems) {
  const auto elements = read_list(value, what, problems);
  if (value && value->array() && elements.empty()) {
    problems.add(value->mark, std::string(what) + " must not be empty; leave it out");
  }
  return elements;
}

std::optional<LogLevel> read_log_level(const Value* value, Problems& problems) {
  const auto name = read_string(value, "level", problems);
  if (!name) return std::nullopt;
  const auto level = level_from_name(*name);
  if (!level) problems.add(value->mark, "there is no log level " + in_quotes(*name));
  return level;
}

std::optional<LogComponent> log_component_from_name(std::string_view name) {
  using enum LogComponent;
  for (const LogComponent each : {connection, topology, server_selection}) {
    if (component_name(each) == name) return each;
  }
  return std::nullopt;
}

namespace {

/// Of one member, for itself.
void note_member(const Member& member, Misfit& misfit, Problems& problems) {
  constexpr std::array<std::string_view, 14> unknown_types{
      "$numberInt", "$numberDouble", "$numberDecimal", "$binary",           "$uuid",
      "$timestamp", "$code",         "$symbol",        "$minKey",           "$maxKey",
      "$scope",     "$dbPointer",    "$undefined",     "$regularExpression"};
  if (std::ranges::find(unknown_types, member.key) != unknown_types.end()) {
    misfit.note("the extended JSON " + member.key + " is not supported");
  }
  if (!member.key.starts_with("$$")) return;
  if (!is_unified_operator(member.key)) {
    misfit.note("the operator " + member.key + " is not supported");
  } else if (const auto needed = wrong_operand(member)) {
    problems.add(member.value.mark,
                 member.key + " needs " + *needed + ", but has " + to_text(member.value));
  }
}

}  // namespace

void note_values(const Value& value, Misfit& misfit, Problems& problems) {
  if (const Value::Array* array = value.array()) {
    for (const Value& element : *array) note_values(element, misfit, problems);
  }
  if (const Value::Object* object = value.object()) {
    for (const Member& member : *object) {
      note_member(member, misfit, problems);
      note_values(member.value, misfit, problems);
    }
  }
}

}  // namespace cmap::spec_tests
