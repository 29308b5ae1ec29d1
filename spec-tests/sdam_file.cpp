// One function for each kind of object of the format.
#include "spec-tests/sdam_file.hpp"

#include <array>
#include <initializer_list>

#include "pool/client/connection_string.hpp"
#include "spec-tests/bson_value.hpp"

namespace cmap::spec_tests {
namespace {

std::optional<Address> read_sdam_address(const Value* value, std::string_view what,
                                         Problems& problems) {
  const auto text = read_string(value, what, problems);
  if (!text) return std::nullopt;
  const auto address = Address::parse(*text);
  if (!address) {
    problems.add(value->mark, std::string(what) + " must be HOST:PORT, but is " + in_quotes(*text));
  }
  return address;
}

void know(ObjectReader& object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) object.find(key);
  object.finish();
}

// --- What comes in ---------------------------------------------------------------------------

std::optional<SdamResponse> read_response(const Value& value, Problems& problems) {
  const Value::Array* const pair = value.array();
  if (pair == nullptr || pair->size() != 2) {
    problems.add(value.mark, "a response must be a list of an address and a reply");
    return std::nullopt;
  }
  const auto source = read_sdam_address(pair->data(), "the source of a response", problems);
  const wire::Document reply = to_document((*pair)[1], problems);
  if (!source) return std::nullopt;
  if (reply.view().empty()) return SdamResponse{*source, std::nullopt};
  return SdamResponse{*source, reply};
}

SdamApplicationError read_application_error(const Value& value, Problems& problems) {
  constexpr std::array<std::string_view, 2> times{"beforeHandshakeCompletes",
                                                  "afterHandshakeCompletes"};
  constexpr std::array<std::string_view, 3> types{"network", "timeout", "command"};
  ObjectReader keys(value, "an application error", problems);
  SdamApplicationError error;
  if (const auto address = read_sdam_address(keys.need("address"), "address", problems)) {
    error.address = *address;
  }
  if (const auto generation = read_integer(keys.find("generation"), "generation", problems)) {
    error.generation = static_cast<Generation>(*generation);
  }
  // Of servers that are too old by now for it to matter.
  read_integer(keys.find("maxWireVersion"), "maxWireVersion", problems);
  if (read_word(keys.need("when"), "when", times, problems) == 0U) {
    error.phase = EstablishmentPhase::hello;
  }
  if (const auto type = read_word(keys.need("type"), "type", types, problems)) {
    error.type = static_cast<SdamApplicationError::Type>(*type);
  }
  const bool is_command = error.type == SdamApplicationError::Type::command;
  const Value* const response = is_command ? keys.need("response") : nullptr;
  if (response != nullptr) error.response.document = to_document(*response, problems);
  keys.finish();
  return error;
}

// --- What is expected ------------------------------------------------------------------------

void check_server(const Value& value, Problems& problems) {
  ObjectReader server(value, "a server of the outcome", problems);
  if (const Value* pool = server.find("pool")) {
    ObjectReader keys(*pool, "a pool of the outcome", problems);
    know(keys, {"generation"});
  }
  know(server, {"type", "error", "setName", "setVersion", "electionId", "topologyVersion",
                "logicalSessionTimeoutMinutes", "minWireVersion", "maxWireVersion"});
}

void check_server_description(const Value& value, Problems& problems) {
  ObjectReader keys(value, "a server description", problems);
  know(keys, {"address", "type", "setName", "primary", "hosts", "passives", "arbiters"});
}

void check_topology_description(const Value& value, Problems& problems) {
  ObjectReader keys(value, "a topology description", problems);
  for (const Value& server : read_list(keys.find("servers"), "servers", problems)) {
    check_server_description(server, problems);
  }
  know(keys, {"topologyType", "setName"});
}

void check_event(const Value& value, Problems& problems) {
  constexpr std::array<std::string_view, 6> types{
      "topology_opening_event", "topology_description_changed_event",
      "server_opening_event",   "server_description_changed_event",
      "server_closed_event",    "topology_closed_event",
  };
  ObjectReader event(value, "an event", problems);
  for (const std::string_view type : types) {
    const Value* const body = event.find(type);
    if (body == nullptr) continue;
    ObjectReader keys(*body, type, problems);
    const auto check =
        type.starts_with("server") ? check_server_description : check_topology_description;
    for (const auto* key : {"previousDescription", "newDescription"}) {
      if (const Value* description = keys.find(key)) check(*description, problems);
    }
    know(keys, {"topologyId", "address"});
  }
  event.finish();
}

void check_outcome(const Value& value, Problems& problems) {
  ObjectReader outcome(value, "an outcome", problems);
  const Value* const events = outcome.find("events");
  for (const Value& event : read_list(events, "events", problems)) check_event(event, problems);
  const Value* const servers =
      events != nullptr ? outcome.find("servers") : outcome.need("servers");
  if (servers != nullptr && servers->object() == nullptr) {
    ObjectReader(*servers, "servers", problems).finish();
  } else if (servers != nullptr) {
    for (const Member& server : *servers->object()) check_server(server.value, problems);
  }
  if (events == nullptr) outcome.need("topologyType");
  know(outcome, {"topologyType", "setName", "logicalSessionTimeoutMinutes", "maxSetVersion",
                 "maxElectionId", "compatible"});
}

// --- The file --------------------------------------------------------------------------------

SdamPhase read_phase(const Value& value, Problems& problems) {
  ObjectReader keys(value, "a phase", problems);
  SdamPhase phase;
  phase.description = keys.string("description").value_or("");
  for (const Value& each : read_list(keys.find("responses"), "responses", problems)) {
    if (auto response = read_response(each, problems)) phase.responses.push_back(*response);
  }
  const Value* const errors = keys.find("applicationErrors");
  for (const Value& each : read_list(errors, "applicationErrors", problems)) {
    phase.application_errors.push_back(read_application_error(each, problems));
  }
  if (const Value* outcome = keys.need("outcome")) {
    check_outcome(*outcome, problems);
    phase.outcome = without_extended_json(*outcome);
  }
  keys.finish();
  return phase;
}

TopologyOptions read_uri(const Value* value, Problems& problems) {
  const auto text = read_string(value, "uri", problems);
  if (!text) return {};
  const auto uri = parse_connection_string(*text);
  if (!uri) {
    problems.add(value->mark, "the uri cannot be used: " + uri.failure().message);
    return {};
  }
  TopologyOptions options{.seeds = uri->hosts,
                          .direct_connection = uri->options.direct_connection,
                          .load_balanced = uri->options.load_balanced};
  if (!uri->options.replica_set.empty()) options.replica_set = uri->options.replica_set;
  return options;
}

}  // namespace

SdamFile read_sdam_file(const Value& document, const std::string& path, Problems& problems) {
  ObjectReader keys(document, "the file", problems);
  SdamFile file{.path = path};
  file.description = read_string(keys.need("description"), "description", problems).value_or("");
  file.topology = read_uri(keys.need("uri"), problems);
  for (const Value& phase : read_list(keys.need("phases"), "phases", problems)) {
    file.phases.push_back(read_phase(phase, problems));
  }
  keys.finish();
  return file;
}

}  // namespace cmap::spec_tests
