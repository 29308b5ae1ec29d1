// The events of discovery, as values. Those of heartbeats are the monitors'.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <variant>

#include "pool/topology/topology_description.hpp"

namespace cmap {

/// Tells the clients of a process apart.
enum class TopologyId : std::uint64_t { none = 0 };

struct TopologyOpeningEvent {};
struct TopologyDescriptionChangedEvent {
  TopologyPtr previous_description;
  TopologyPtr new_description;
};
struct ServerOpeningEvent {
  Address address;
};
/// Not for a description that equals the one before it.
struct ServerDescriptionChangedEvent {
  Address address;
  ServerPtr previous_description;
  ServerPtr new_description;
};
struct ServerClosedEvent {
  Address address;
};
struct TopologyClosedEvent {};

using TopologyEventBody =
    std::variant<TopologyOpeningEvent, TopologyDescriptionChangedEvent, ServerOpeningEvent,
                 ServerDescriptionChangedEvent, ServerClosedEvent, TopologyClosedEvent>;

/// `time` is that of the transition, however late a listener sees the event.
struct TopologyEvent {
  TopologyId topology_id = TopologyId::none;
  TimePoint time;
  TopologyEventBody body;
};

/// Called with every event in order; the rules of EventListener apply.
using TopologyListener = std::function<void(const TopologyEvent&)>;

/// "TopologyOpening", "ServerDescriptionChanged", ...
std::string_view event_name(const TopologyEventBody& body);

}  // namespace cmap
