// Expected events: which fields they have, and what can stand in them.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pool/topology/topology_description.hpp"
#include "spec-tests/unified_events.hpp"
#include "spec-tests/unified_match.hpp"
#include "spec-tests/unified_readers.hpp"

namespace cmap::spec_tests {
namespace {

enum class FieldType : std::uint8_t {
  text,
  document,
  boolean,
  optional_boolean,
  check_out_failed_reason,
  closed_reason,
  server_description,
  topology_description,
};

struct KnownField {
  std::string_view event;
  std::string_view key;
  FieldType type;
};

constexpr std::array known_fields{
    KnownField{"commandStartedEvent", "command", FieldType::document},
    KnownField{"commandStartedEvent", "commandName", FieldType::text},
    KnownField{"commandStartedEvent", "databaseName", FieldType::text},
    KnownField{"commandSucceededEvent", "reply", FieldType::document},
    KnownField{"commandSucceededEvent", "commandName", FieldType::text},
    KnownField{"commandSucceededEvent", "databaseName", FieldType::text},
    KnownField{"commandFailedEvent", "commandName", FieldType::text},
    KnownField{"commandFailedEvent", "databaseName", FieldType::text},
    KnownField{"poolClearedEvent", "hasServiceId", FieldType::boolean},
    KnownField{"poolClearedEvent", "interruptInUseConnections", FieldType::optional_boolean},
    KnownField{"connectionClosedEvent", "reason", FieldType::closed_reason},
    KnownField{"connectionCheckOutFailedEvent", "reason", FieldType::check_out_failed_reason},
    KnownField{"serverDescriptionChangedEvent", "previousDescription",
               FieldType::server_description},
    KnownField{"serverDescriptionChangedEvent", "newDescription", FieldType::server_description},
    KnownField{"topologyDescriptionChangedEvent", "previousDescription",
               FieldType::topology_description},
    KnownField{"topologyDescriptionChangedEvent", "newDescription",
               FieldType::topology_description},
    KnownField{"serverHeartbeatStartedEvent", "awaited", FieldType::boolean},
    KnownField{"serverHeartbeatSucceededEvent", "awaited", FieldType::boolean},
    KnownField{"serverHeartbeatFailedEvent", "awaited", FieldType::boolean},
};

/// Of all enumerators, of which `last` is the last.
template <typename Enum>
std::vector<Value> values_up_to(Enum last, std::string_view (*name)(Enum)) {
  std::vector<Value> values;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    values.emplace_back(name(static_cast<Enum>(i)));
  }
  return values;
}

std::vector<Value> descriptions_of(const std::vector<Value>& types) {
  std::vector<Value> descriptions;
  for (const Value& type : types) descriptions.push_back(object_of({{"type", type}}));
  return descriptions;
}

/// All that there are; none of what is not enumerable.
std::vector<Value> values_of(FieldType type) {
  switch (type) {
    case FieldType::text:
    case FieldType::document:
      break;
    case FieldType::boolean:
    case FieldType::optional_boolean:
      return {Value(false), Value(true)};
    case FieldType::check_out_failed_reason:
      return values_up_to(CheckOutFailedReason::connection_error, reason_name);
    case FieldType::closed_reason:
      return values_up_to(ConnectionClosedReason::pool_closed, reason_name);
    case FieldType::server_description:
      return descriptions_of(values_up_to(ServerType::load_balancer, server_type_name));
    case FieldType::topology_description:
      return descriptions_of(values_up_to(TopologyType::load_balanced, topology_type_name));
  }
  return {};
}

bool is_operator(const Value& expected) {
  const Value::Object* const object = expected.object();
  return object && object->size() == 1 && is_unified_operator(object->front().key);
}

/// Whether any event meets it: of what never comes, an expectation that none came would be met.
bool is_possible(const Value& expected, FieldType type) {
  if (type == FieldType::document) return expected.object() != nullptr;
  if (type == FieldType::text) return expected.text() || is_operator(expected);
  const auto matches = [&](const Value* value) {
    return !unified_match(expected, value, ExtraKeys::allowed);
  };
  return std::ranges::any_of(values_of(type),
                             [&](const Value& value) { return matches(&value); }) ||
         (type == FieldType::optional_boolean && matches(nullptr));
}

void note_field(const std::string& event, const Member& field, Misfit& misfit) {
  const auto known = std::ranges::find_if(known_fields, [&](const KnownField& each) {
    return each.event == event && each.key == field.key;
  });
  if (known == known_fields.end()) {
    misfit.note("the key " + in_quotes(field.key) + " of " + event + " is not supported");
  } else if (!is_possible(field.value, known->type)) {
    misfit.note("no " + event + " has the " + field.key + ' ' + to_text(field.value));
  }
}

}  // namespace

void read_unified_event(const Value& event, Misfit& misfit, Problems& problems) {
  if (!require_one_member(event, "an event", problems)) return;
  note_values(event, misfit, problems);
  const std::string& name = only_member(event).key;
  const Value& fields = only_member(event).value;
  if (!unified_event_kind(name)) misfit.note("the event " + in_quotes(name) + " is not known");
  if (!ObjectReader(fields, name, problems).is_object()) return;
  for (const Member& field : *fields.object()) note_field(name, field, misfit);
}

}  // namespace cmap::spec_tests
