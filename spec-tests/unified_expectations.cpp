// expectEvents, expectLogMessages, and the contents of collections.
#include <algorithm>
#include <array>
#include <utility>

#include "spec-tests/unified_match.hpp"
#include "spec-tests/unified_readers.hpp"

namespace cmap::spec_tests {
namespace {

/// Fields that events have, but not here.
void note_fields(const Member& event, UnifiedEventKind kind, Misfit& misfit) {
  constexpr std::array<std::string_view, 10> known{"command",
                                                   "commandName",
                                                   "databaseName",
                                                   "reply",
                                                   "interruptInUseConnections",
                                                   "reason",
                                                   "previousDescription",
                                                   "newDescription",
                                                   "hasServiceId",
                                                   "awaited"};
  misfit.note_unknown(event.value, known, event.key);
  if (kind == UnifiedEventKind::command && event.value.find("hasServiceId")) {
    misfit.note("the key \"hasServiceId\" of " + event.key + " is not supported");
  }
}

UnifiedEventList read_event_list(const Value& value, Misfit& misfit, Problems& problems) {
  constexpr std::array<std::string_view, 4> known{"client", "eventType", "events",
                                                  "ignoreExtraEvents"};
  constexpr std::array<std::string_view, 3> kinds{"command", "cmap", "sdam"};
  ObjectReader keys(value, "expectEvents", problems);
  misfit.note_unknown(value, known, "expectEvents");
  UnifiedEventList list{.mark = value.mark};
  list.client = read_string(keys.need("client"), "client", problems).value_or("");
  const auto kind = read_word(keys.find("eventType"), "eventType", kinds, problems);
  list.kind = static_cast<UnifiedEventKind>(kind.value_or(0));
  const auto events = read_list(keys.need("events"), "events", problems);
  for (const Value& event : events) {
    if (!require_one_member(event, "an event", problems)) continue;
    note_operators(event, misfit);
    note_fields(only_member(event), list.kind, misfit);
    list.events.push_back(event);
  }
  list.ignores_extra = keys.boolean("ignoreExtraEvents").value_or(false);
  return list;
}

std::vector<Value> read_log_messages(const Value* value, std::string_view what, Misfit& misfit,
                                     Problems& problems) {
  constexpr std::array<std::string_view, 3> known{"level", "component", "data"};
  std::vector<Value> messages;
  for (const Value& message : read_list(value, what, problems)) {
    ObjectReader keys(message, "a log message", problems);
    if (!keys.is_object()) continue;
    misfit.note_unknown(message, known, "a log message");
    note_operators(message, misfit);
    messages.push_back(message);
  }
  return messages;
}

UnifiedLogList read_log_list(const Value& value, Misfit& misfit, Problems& problems) {
  constexpr std::array<std::string_view, 4> known{"client", "messages", "ignoreExtraMessages",
                                                  "ignoreMessages"};
  ObjectReader keys(value, "expectLogMessages", problems);
  misfit.note_unknown(value, known, "expectLogMessages");
  UnifiedLogList list{.mark = value.mark};
  list.client = read_string(keys.need("client"), "client", problems).value_or("");
  list.messages = read_log_messages(keys.need("messages"), "messages", misfit, problems);
  list.ignored = read_log_messages(keys.find("ignoreMessages"), "ignoreMessages", misfit, problems);
  list.ignores_extra = keys.boolean("ignoreExtraMessages").value_or(false);
  return list;
}

}  // namespace

std::vector<UnifiedEventList> read_unified_events(const Value* value, Misfit& misfit,
                                                  Problems& problems) {
  return read_each(value, "expectEvents", misfit, problems, read_event_list);
}

std::vector<UnifiedLogList> read_unified_logs(const Value* value, Misfit& misfit,
                                              Problems& problems) {
  return read_each(value, "expectLogMessages", misfit, problems, read_log_list);
}

std::vector<UnifiedData> read_unified_data(const Value* value, std::string_view what,
                                           Misfit& misfit, Problems& problems) {
  constexpr std::array<std::string_view, 3> known{"databaseName", "collectionName", "documents"};
  std::vector<UnifiedData> all;
  for (const Value& element : read_list(value, what, problems)) {
    ObjectReader keys(element, what, problems);
    UnifiedData data{.mark = element.mark};
    data.database = read_string(keys.need("databaseName"), "databaseName", problems).value_or("");
    data.collection =
        read_string(keys.need("collectionName"), "collectionName", problems).value_or("");
    for (const Value& each : read_list(keys.need("documents"), "documents", problems)) {
      data.documents.push_back(each);
    }
    misfit.note_unknown(element, known, what);
    all.push_back(std::move(data));
  }
  return all;
}

bool require_one_member(const Value& value, std::string_view what, Problems& problems) {
  if (value.object() != nullptr && value.object()->size() == 1) return true;
  problems.add(value.mark,
               std::string(what) + " must be an object with one key, but is " + to_text(value));
  return false;
}

void note_operators(const Value& value, Misfit& misfit) {
  if (const Value::Array* array = value.array()) {
    for (const Value& element : *array) note_operators(element, misfit);
  }
  if (const Value::Object* object = value.object()) {
    for (const Member& member : *object) {
      if (member.key.starts_with("$$") && !is_unified_operator(member.key)) {
        misfit.note("the operator " + member.key + " is not supported");
      }
      note_operators(member.value, misfit);
    }
  }
}

}  // namespace cmap::spec_tests
