// One overload for each kind of entry.
#include "sim/client/client_trace.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace cmap::sim {
namespace {

constexpr std::size_t time_width = 12;

std::string error_text(const Error& error) {
  return std::string(type_name(error.type)) + ": " + error.message;
}

struct HeartbeatFields {
  std::string operator()(const ServerHeartbeatStartedEvent& event) const { return awaited(event); }
  std::string operator()(const ServerHeartbeatSucceededEvent& event) const { return end(event); }
  std::string operator()(const ServerHeartbeatFailedEvent& event) const {
    return end(event) + " (" + error_text(*event.error) + ')';
  }

  static std::string awaited(const auto& event) { return event.awaited ? " awaited" : ""; }
  static std::string end(const auto& event) {
    return awaited(event) + " duration=" + milliseconds_text(event.duration);
  }
};

std::string server_text(const ServerDescription& server) {
  std::string text(server_type_name(server.type));
  if (server.error) text += " (" + error_text(*server.error) + ')';
  return text;
}

struct TopologyFields {
  std::string operator()(const ServerDescriptionChangedEvent& event) const {
    return ' ' + std::string(server_type_name(event.previous_description->type)) + " -> " +
           server_text(*event.new_description);
  }
  std::string operator()(const TopologyDescriptionChangedEvent& event) const {
    return ' ' + std::string(topology_type_name(event.previous_description->type)) + " -> " +
           std::string(topology_type_name(event.new_description->type));
  }
  std::string operator()(const auto&) const { return {}; }
};

struct AddressOfTopologyEvent {
  std::string operator()(const TopologyOpeningEvent&) const { return {}; }
  std::string operator()(const TopologyDescriptionChangedEvent&) const { return {}; }
  std::string operator()(const TopologyClosedEvent&) const { return {}; }
  std::string operator()(const auto& event) const { return event.address.text(); }
};

/// Address and text; the address is empty where it is of no server.
struct LineParts {
  std::pair<std::string, std::string> operator()(const Event& event) const {
    return {event.address.text(), describe(event)};
  }
  std::pair<std::string, std::string> operator()(const HeartbeatEvent& event) const {
    return {event.address.text(), describe(event)};
  }
  std::pair<std::string, std::string> operator()(const TopologyEvent& event) const {
    return {address_text(event), describe(event)};
  }
  std::pair<std::string, std::string> operator()(const TracedHappening& happening) const {
    return {{}, "-- " + happening.text};
  }
};

}  // namespace

std::string describe(const HeartbeatEvent& event) {
  return std::string(event_name(event.body)) + std::visit(HeartbeatFields{}, event.body);
}

std::string describe(const TopologyEvent& event) {
  return std::string(event_name(event.body)) + std::visit(TopologyFields{}, event.body);
}

std::string address_text(const TopologyEvent& event) {
  return std::visit(AddressOfTopologyEvent{}, event.body);
}

std::string line_of(const TracedClientEntry& entry) {
  const std::string time = milliseconds_text(entry.time);
  const auto [address, text] = std::visit(LineParts{}, entry.what);
  std::string line(time_width - std::min(time_width, time.size()), ' ');
  line += time + " ms  ";
  if (!entry.client.empty()) line += entry.client + "  ";
  if (!address.empty()) line += address + "  ";
  return line + text;
}

}  // namespace cmap::sim
