// What the tests of this folder share: servers by their names, and a topology whose effects are
// lines of text.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "pool/topology/topology_core.hpp"

namespace cmap {

/// "a" is a:27017.
inline Address at(const std::string& host) { return {host, Address::default_port}; }

inline ServerDescription server(const std::string& host, ServerType type) {
  ServerDescription description = unknown_server(at(host));
  description.type = type;
  description.min_wire_version = client_min_wire_version;
  description.max_wire_version = client_max_wire_version;
  return description;
}

/// Of the set "rs".
inline ServerDescription member(const std::string& host, ServerType type,
                                const std::vector<std::string>& hosts) {
  ServerDescription description = server(host, type);
  description.set_name = "rs";
  for (const std::string& each : hosts) description.hosts.push_back(at(each));
  return description;
}

inline ErrorPtr network_error(NetworkFault fault,
                              EstablishmentPhase phase = EstablishmentPhase::done) {
  return establishment_error(at("a"), fault, phase);
}

inline ErrorPtr command_error(std::int32_t code, std::string message = "no") {
  return std::make_shared<const Error>(
      Error{.type = ErrorType::command, .message = std::move(message), .code = code});
}

/// "opening a", "make pool a", ...
struct EffectText {
  std::string operator()(const TopologyEvent& event) const { return std::visit(*this, event.body); }
  std::string operator()(const TopologyOpeningEvent&) const { return "topology opening"; }
  std::string operator()(const TopologyClosedEvent&) const { return "topology closed"; }
  std::string operator()(const ServerOpeningEvent& event) const { return on("opening", event); }
  std::string operator()(const ServerClosedEvent& event) const { return on("closed", event); }
  std::string operator()(const ServerDescriptionChangedEvent& event) const {
    return event.address.host() + " " + name(event.previous_description->type) + " -> " +
           name(event.new_description->type);
  }
  std::string operator()(const TopologyDescriptionChangedEvent& event) const {
    return "topology " + text(*event.previous_description) + " -> " + text(*event.new_description);
  }
  std::string operator()(const MakePool& effect) const { return on("make pool", effect); }
  std::string operator()(const ReadyPool& effect) const { return on("ready pool", effect); }
  std::string operator()(const ClearPool& effect) const {
    return on("clear pool", effect) + (effect.interrupt_in_use_connections ? " interrupting" : "") +
           (effect.service ? " of " + effect.service->to_hex() : "");
  }
  std::string operator()(const ClosePool& effect) const { return on("close pool", effect); }
  std::string operator()(const StartMonitor& effect) const { return on("start monitor", effect); }
  std::string operator()(const StopMonitor& effect) const { return on("stop monitor", effect); }
  std::string operator()(const RequestCheck& effect) const { return on("request check", effect); }
  std::string operator()(const CancelCheck& effect) const { return on("cancel check", effect); }

  static std::string on(const std::string& what, const auto& effect) {
    return what + " " + effect.address.host();
  }
  static std::string name(ServerType type) { return std::string(server_type_name(type)); }
  /// "Single(a)"
  static std::string text(const TopologyDescription& topology) {
    std::string hosts;
    for (const ServerPtr& each : topology.servers) {
      hosts += (hosts.empty() ? "" : " ") + each->address.host();
    }
    return std::string(topology_type_name(topology.type)) + "(" + hosts + ")";
  }
};

using Lines = std::vector<std::string>;

/// A topology, opened unless told otherwise, that checks itself after every input.
class TestTopology {
 public:
  explicit TestTopology(const TopologyOptions& options, bool open = true)
      : core(TopologyId{1}, options, outbox) {
    if (!open) return;
    core.open(now);
    take();
  }
  /// Of the replica set "rs".
  static TopologyOptions replica_set(const std::vector<std::string>& hosts) {
    TopologyOptions options{.replica_set = "rs"};
    for (const std::string& host : hosts) options.seeds.push_back(at(host));
    return options;
  }

  /// The effects since the last time.
  Lines take() {
    core.check_invariants();
    Lines lines;
    for (const TopologyEffect& effect : outbox) lines.push_back(std::visit(EffectText{}, effect));
    last = std::exchange(outbox, {});
    return lines;
  }
  Lines checked(ServerDescription description) {
    core.server_checked(std::move(description), now);
    return take();
  }
  Lines failed(const std::string& host, ErrorPtr error) {
    core.check_failed(at(host), std::move(error), now);
    return take();
  }
  Lines reported(const ApplicationError& report) {
    core.application_error(report, now);
    return take();
  }
  [[nodiscard]] const ServerDescription& of(const std::string& host) const {
    return *core.description()->find(at(host));
  }

  TopologyOutbox outbox;
  TopologyOutbox last;  ///< what was taken
  TimePoint now{std::chrono::seconds(7)};
  TopologyCore core;
};

}  // namespace cmap
