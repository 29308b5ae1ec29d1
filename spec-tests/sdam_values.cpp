// Absent is null: files write it in both ways.
#include "spec-tests/sdam_values.hpp"

#include <array>
#include <utility>

namespace cmap::spec_tests {
namespace {

class SdamObjectBuilder {
 public:
  SdamObjectBuilder& add(std::string_view key, Value value) {
    object_.push_back({std::string(key), {}, std::move(value)});
    return *this;
  }
  [[nodiscard]] Value take() { return Value(std::move(object_)); }

 private:
  Value::Object object_;
};

template <typename Plain>
Value optional_value(const std::optional<Plain>& value) {
  return value ? Value(*value) : Value();
}

Value hex_value(const std::optional<ObjectId>& id) {
  return id ? Value(ServiceId(id->bytes).to_hex()) : Value();
}

Value address_value(const std::optional<Address>& address) {
  return address ? Value(address->text()) : Value();
}

Value addresses_value(const std::vector<Address>& addresses) {
  Value::Array array;
  for (const Address& address : addresses) array.emplace_back(address.text());
  return Value(std::move(array));
}

Value version_value(const std::optional<TopologyVersion>& version) {
  if (!version) return {};
  return SdamObjectBuilder()
      .add("processId", hex_value(version->process_id))
      .add("counter", Value(version->counter))
      .take();
}

/// What is behind a load balancer says so on each connection.
Value wire_version_value(const ServerDescription& server, std::int32_t version) {
  return server.type == ServerType::load_balancer ? Value() : Value(std::int64_t{version});
}

Value server_value(const ServerDescription& server, Generation generation) {
  SdamObjectBuilder value;
  value.add("type", Value(server_type_name(server.type)))
      .add("error", server.error ? Value(server.error->message) : Value())
      .add("setName", optional_value(server.set_name))
      .add("setVersion", optional_value(server.set_version))
      .add("electionId", hex_value(server.election_id))
      .add("topologyVersion", version_value(server.topology_version))
      .add("logicalSessionTimeoutMinutes", optional_value(server.logical_session_timeout_minutes))
      .add("minWireVersion", wire_version_value(server, server.min_wire_version))
      .add("maxWireVersion", wire_version_value(server, server.max_wire_version))
      .add("pool", SdamObjectBuilder().add("generation", Value(number(generation))).take());
  return value.take();
}

Value description_value(const ServerDescription& server) {
  SdamObjectBuilder value;
  value.add("address", Value(server.address.text()))
      .add("type", Value(server_type_name(server.type)))
      .add("setName", optional_value(server.set_name))
      .add("primary", address_value(server.primary))
      .add("hosts", addresses_value(server.hosts))
      .add("passives", addresses_value(server.passives))
      .add("arbiters", addresses_value(server.arbiters));
  return value.take();
}

Value description_value(const TopologyDescription& topology) {
  Value::Array servers;
  for (const ServerPtr& server : topology.servers) servers.push_back(description_value(*server));
  return SdamObjectBuilder()
      .add("topologyType", Value(topology_type_name(topology.type)))
      .add("setName", optional_value(topology.set_name))
      .add("servers", Value(std::move(servers)))
      .take();
}

/// What events have besides their topology.
struct AddEventBody {
  SdamObjectBuilder& to;

  void operator()(const TopologyOpeningEvent&) const {}
  void operator()(const TopologyClosedEvent&) const {}
  void operator()(const ServerOpeningEvent& event) const { add(event.address); }
  void operator()(const ServerClosedEvent& event) const { add(event.address); }
  void operator()(const TopologyDescriptionChangedEvent& event) const { add_descriptions(event); }
  void operator()(const ServerDescriptionChangedEvent& event) const {
    add(event.address);
    add_descriptions(event);
  }

  void add(const Address& address) const { to.add("address", Value(address.text())); }
  void add_descriptions(const auto& event) const {
    to.add("previousDescription", description_value(*event.previous_description));
    to.add("newDescription", description_value(*event.new_description));
  }
};

}  // namespace

Value outcome_value(const TopologyDescription& topology,
                    const std::function<Generation(const Address&)>& generation_of) {
  SdamObjectBuilder servers;
  for (const ServerPtr& server : topology.servers) {
    servers.add(server->address.text(), server_value(*server, generation_of(server->address)));
  }
  return SdamObjectBuilder()
      .add("topologyType", Value(topology_type_name(topology.type)))
      .add("setName", optional_value(topology.set_name))
      .add("logicalSessionTimeoutMinutes", optional_value(topology.logical_session_timeout_minutes))
      .add("maxSetVersion", optional_value(topology.max_set_version))
      .add("maxElectionId", hex_value(topology.max_election_id))
      .add("compatible", Value(topology.is_compatible()))
      .add("servers", servers.take())
      .take();
}

Value event_value(const TopologyEvent& event) {
  constexpr std::array<std::string_view, std::variant_size_v<TopologyEventBody>> names = {
      "topology_opening_event", "topology_description_changed_event",
      "server_opening_event",   "server_description_changed_event",
      "server_closed_event",    "topology_closed_event",
  };
  SdamObjectBuilder body;
  body.add("topologyId", Value(std::to_string(static_cast<std::uint64_t>(event.topology_id))));
  std::visit(AddEventBody{body}, event.body);
  return SdamObjectBuilder().add(names[event.body.index()], body.take()).take();
}

}  // namespace cmap::spec_tests
