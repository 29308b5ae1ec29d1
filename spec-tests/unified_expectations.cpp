// expectEvents, expectLogMessages, and the contents of collections.
#include <algorithm>
#include <array>
#include <utility>

#include "spec-tests/unified_events.hpp"
#include "spec-tests/unified_readers.hpp"

namespace cmap::spec_tests {
namespace {

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
    read_unified_event(event, misfit, problems);
    if (event.object() == nullptr || event.object()->size() != 1) continue;
    if (unified_event_kind(only_member(event).key) != list.kind) {
      problems.add(event.mark, only_member(event).key + " is no event of this eventType");
    }
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
    note_values(message, misfit, problems);
    read_log_level(keys.need("level"), problems);
    const auto component = read_string(keys.need("component"), "component", problems);
    if (component && !log_component_from_name(*component)) {
      misfit.note("there are no log messages of the component " + in_quotes(*component));
    }
    if (const Value* data = keys.need("data"); data && !data->object()) {
      problems.add(data->mark, "data must be an object, but is " + to_text(*data));
    }
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
  for (const Value& element : read_filled_list(value, what, problems)) {
    ObjectReader keys(element, what, problems);
    UnifiedData data{.mark = element.mark};
    data.database = read_string(keys.need("databaseName"), "databaseName", problems).value_or("");
    data.collection =
        read_string(keys.need("collectionName"), "collectionName", problems).value_or("");
    for (const Value& each : read_list(keys.need("documents"), "documents", problems)) {
      data.documents.push_back(each);
    }
    misfit.note_unknown(element, known, what);
    note_values(element, misfit, problems);
    all.push_back(std::move(data));
  }
  return all;
}

}  // namespace cmap::spec_tests
