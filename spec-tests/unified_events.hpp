// What a client's listeners see, in the words of the unified test format.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pool/api/events.hpp"
#include "pool/client/heartbeat_events.hpp"
#include "pool/log_message.hpp"
#include "pool/topology/topology_events.hpp"
#include "spec-tests/document.hpp"
#include "spec-tests/unified_file.hpp"

namespace cmap::spec_tests {

struct ObservedEvent {
  UnifiedEventKind kind = UnifiedEventKind::command;
  std::string name;  ///< "poolClearedEvent", ...
  Value fields;      ///< an object
};

/// Of an event by its name; nothing: there are no such events here.
std::optional<UnifiedEventKind> unified_event_kind(std::string_view name);

ObservedEvent observed_event(const Event& event);
ObservedEvent observed_event(const HeartbeatEvent& event);
ObservedEvent observed_event(const TopologyEvent& event);
/// Keys: level, component, data.
Value log_message_value(const LogMessage& message);

/// An object of these members.
Value object_of(std::initializer_list<std::pair<std::string_view, Value>> members);

}  // namespace cmap::spec_tests
