// Names are derived from those of the events; fields are the few that tests may ask for.
#include "spec-tests/unified_events.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cmap::spec_tests {
namespace {

constexpr std::array<std::string_view, 3> command_event_names{
    "commandStartedEvent", "commandSucceededEvent", "commandFailedEvent"};
constexpr std::array<std::string_view, 7> sdam_event_names{"serverHeartbeatStartedEvent",
                                                           "serverHeartbeatSucceededEvent",
                                                           "serverHeartbeatFailedEvent",
                                                           "serverDescriptionChangedEvent",
                                                           "topologyDescriptionChangedEvent",
                                                           "topologyOpeningEvent",
                                                           "topologyClosedEvent"};

/// "poolCleared" + "Event" for ConnectionPoolCleared, else with a small first letter.
std::string unified_name(std::string_view name) {
  constexpr std::string_view of_pools = "ConnectionPool";
  if (name.starts_with(of_pools)) name.remove_prefix(std::string_view("Connection").size());
  std::string result(name);
  result.front() = static_cast<char>(result.front() - 'A' + 'a');
  return result + "Event";
}

/// An object without members for what has no fields.
struct FieldsOfPoolEvent {
  Value operator()(const ConnectionPoolClearedEvent& event) const {
    Value fields = object_of({{"hasServiceId", Value(event.service_id.has_value())}});
    if (const auto& interrupts = event.interrupt_in_use_connections) {
      fields.object()->push_back({"interruptInUseConnections", {}, Value(*interrupts)});
    }
    return fields;
  }
  Value operator()(const ConnectionClosedEvent& event) const {
    return object_of({{"reason", Value(reason_name(event.reason))}});
  }
  Value operator()(const ConnectionCheckOutFailedEvent& event) const {
    return object_of({{"reason", Value(reason_name(event.reason))}});
  }
  Value operator()(const auto&) const { return object_of({}); }
};

Value description_value(const ServerPtr& server) {
  return object_of({{"type", Value(server_type_name(server->type))}});
}

Value description_value(const TopologyPtr& topology) {
  return object_of({{"type", Value(topology_type_name(topology->type))}});
}

struct FieldsOfTopologyEvent {
  Value operator()(const ServerDescriptionChangedEvent& event) const { return changed(event); }
  Value operator()(const TopologyDescriptionChangedEvent& event) const { return changed(event); }
  Value operator()(const auto&) const { return object_of({}); }

  static Value changed(const auto& event) {
    return object_of({{"previousDescription", description_value(event.previous_description)},
                      {"newDescription", description_value(event.new_description)}});
  }
};

}  // namespace

std::optional<UnifiedEventKind> unified_event_kind(std::string_view name) {
  const auto is_in = [&](const auto& names) {
    return std::ranges::find(names, name) != names.end();
  };
  if (is_in(command_event_names)) return UnifiedEventKind::command;
  if (is_in(sdam_event_names)) return UnifiedEventKind::sdam;
  for (std::size_t i = 0; i < event_type_count; ++i) {
    if (unified_name(event_name(static_cast<EventType>(i))) == name) return UnifiedEventKind::cmap;
  }
  return std::nullopt;
}

ObservedEvent observed_event(const Event& event) {
  return {.kind = UnifiedEventKind::cmap,
          .name = unified_name(event_name(event.type())),
          .fields = std::visit(FieldsOfPoolEvent{}, event.body)};
}

ObservedEvent observed_event(const HeartbeatEvent& event) {
  const bool awaited = std::visit([](const auto& body) { return body.awaited; }, event.body);
  return {.kind = UnifiedEventKind::sdam,
          .name = unified_name(event_name(event.body)),
          .fields = object_of({{"awaited", Value(awaited)}})};
}

ObservedEvent observed_event(const TopologyEvent& event) {
  return {.kind = UnifiedEventKind::sdam,
          .name = unified_name(event_name(event.body)),
          .fields = std::visit(FieldsOfTopologyEvent{}, event.body)};
}

Value log_message_value(const LogMessage& message) {
  Value::Object data;
  data.push_back({"message", {}, Value(message.message)});
  for (const LogField& field : message.fields) {
    data.push_back({std::string(field.key),
                    {},
                    std::visit([](const auto& value) { return Value(value); }, field.value)});
  }
  return object_of({{"level", Value(level_name(message.level))},
                    {"component", Value(component_name(message.component))},
                    {"data", Value(std::move(data))}});
}

Value object_of(std::initializer_list<std::pair<std::string_view, Value>> members) {
  Value::Object object;
  for (const auto& [key, value] : members) object.push_back({std::string(key), {}, value});
  return Value(std::move(object));
}

}  // namespace cmap::spec_tests
