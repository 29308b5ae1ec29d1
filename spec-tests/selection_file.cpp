// One function for each kind of object of the format.
#include "spec-tests/selection_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "spec-tests/bson_value.hpp"
#include "spec-tests/read_preference.hpp"

namespace cmap::spec_tests {
namespace {

constexpr double nanoseconds_per_ms = 1e6;

std::optional<double> read_real(const Value* value, std::string_view what, Problems& problems) {
  if (value == nullptr) return std::nullopt;
  if (value->real()) return *value->real();
  if (value->integer()) return static_cast<double>(*value->integer());
  problems.add(value->mark, std::string(what) + " must be a number, but is " + to_text(*value));
  return std::nullopt;
}

Address read_server_address(ObjectReader& keys) {
  const Value* const value = keys.need("address");
  const auto text = read_string(value, "address", keys.problems());
  const auto address = text ? Address::parse(*text) : std::nullopt;
  if (text && !address) {
    keys.problems().add(value->mark, "address must be HOST:PORT, but is " + in_quotes(*text));
  }
  return address.value_or(Address());
}

ServerType read_server_type(const Value* value, Problems& problems) {
  const auto name = read_string(value, "type", problems);
  if (!name || *name == "PossiblePrimary") return ServerType::unknown;
  const auto type = server_type_from_name(*name);
  if (!type) problems.add(value->mark, "the type " + in_quotes(*name) + " is unknown");
  return type.value_or(ServerType::unknown);
}

ServerDescription read_server(const Value& given, Problems& problems) {
  const Value value = without_extended_json(given);
  ObjectReader keys(value, "a server", problems);
  ServerDescription server = unknown_server(read_server_address(keys));
  server.type = read_server_type(keys.need("type"), problems);
  if (const Value* time = keys.find("avg_rtt_ms")) server.round_trip_time = milliseconds_in(*time);
  server.tags = read_tags(keys.find("tags"), problems);
  const Value* const update = keys.find("lastUpdateTime");
  if (const auto time = read_integer(update, "lastUpdateTime", problems)) {
    server.last_update_time += std::chrono::milliseconds(*time);
  }
  if (const Value* write = keys.find("lastWrite")) {
    ObjectReader inside(*write, "lastWrite", problems);
    const Value* const date = inside.need("lastWriteDate");
    if (const auto time = read_integer(date, "lastWriteDate", problems)) {
      server.last_write_date = std::chrono::milliseconds(*time);
    }
    inside.finish();
  }
  // All of them are versions that this client speaks; compatibility is another file's business.
  read_integer(keys.find("maxWireVersion"), "maxWireVersion", problems);
  keys.finish();
  return server;
}

TopologyDescription read_topology(const Value& value, Problems& problems) {
  ObjectReader keys(value, "topology_description", problems);
  TopologyDescription topology;
  const Value* const name = keys.need("type");
  if (const auto text = read_string(name, "type", problems)) {
    const auto type = topology_type_from_name(*text);
    if (!type) problems.add(name->mark, "the type " + in_quotes(*text) + " is unknown");
    topology.type = type.value_or(TopologyType::unknown);
  }
  for (const Value& server : read_list(keys.need("servers"), "servers", problems)) {
    topology.servers.push_back(
        std::make_shared<const ServerDescription>(read_server(server, problems)));
  }
  keys.finish();
  return topology;
}

std::optional<ExpectedServers> read_expected(const Value* value, Problems& problems) {
  if (value == nullptr) return std::nullopt;
  ExpectedServers expected{.addresses = {}, .mark = value->mark};
  for (const Value& server : read_list(value, "expected servers", problems)) {
    expected.addresses.push_back(read_server(server, problems).address.text());
  }
  std::ranges::sort(expected.addresses);
  return expected;
}

void read_frequencies(ObjectReader& keys, SelectionFile& file) {
  Problems& problems = keys.problems();
  const Value* const state = keys.find("mocked_topology_state");
  for (const Value& each : read_list(state, "mocked_topology_state", problems)) {
    ObjectReader server(each, "a mocked server", problems);
    const Address address = read_server_address(server);
    const Value* const count = server.need("operation_count");
    file.operation_counts[address.text()] =
        read_integer(count, "operation_count", problems).value_or(0);
    server.finish();
  }
  file.iterations = read_integer(keys.find("iterations"), "iterations", problems).value_or(0);
  const Value* const outcome = keys.find("outcome");
  if (outcome == nullptr) return;
  ObjectReader inside(*outcome, "outcome", problems);
  file.tolerance = read_real(inside.need("tolerance"), "tolerance", problems).value_or(0);
  const Value* const expected = inside.need("expected_frequencies");
  if (expected != nullptr && expected->object() != nullptr) {
    for (const Member& each : *expected->object()) {
      const auto frequency = read_real(&each.value, each.key, problems);
      file.frequencies.push_back({each.key, frequency.value_or(0), each.value.mark});
    }
  }
  inside.finish();
}

}  // namespace

std::optional<Duration> milliseconds_in(const Value& value) {
  if (value.integer()) return std::chrono::milliseconds(*value.integer());
  if (value.real()) return Duration(std::llround(*value.real() * nanoseconds_per_ms));
  return std::nullopt;
}

SelectionFile read_selection_file(const Value& document, const std::string& path,
                                  Problems& problems) {
  constexpr std::array<std::string_view, 2> kinds{"read", "write"};
  ObjectReader keys(document, "the file", problems);
  keys.find("description");
  SelectionFile file{.path = path};
  if (const Value* topology = keys.need("topology_description")) {
    file.topology = read_topology(*topology, problems);
  }
  if (read_word(keys.find("operation"), "operation", kinds, problems) == 1U) {
    file.selection.kind = OperationKind::write;
  }
  file.selection.read_preference =
      read_preference(keys.find("read_preference"), "tag_sets", problems);
  // Frequencies are about any server in the window.
  if (keys.has("iterations")) file.selection.read_preference.mode = ReadPreferenceMode::nearest;
  const Value* const frequency = keys.find("heartbeatFrequencyMS");
  if (const auto time = read_milliseconds(frequency, "heartbeatFrequencyMS", problems)) {
    file.heartbeat_frequency = *time;
  }
  const Value* const last = keys.find("deprioritized_servers");
  for (const Value& server : read_list(last, "deprioritized_servers", problems)) {
    file.selection.deprioritized.push_back(read_server(server, problems).address);
  }
  if (const Value* error = keys.find("error")) {
    file.error = read_boolean(error, "error", problems).value_or(false);
    file.error_mark = error->mark;
  }
  file.suitable = read_expected(keys.find("suitable_servers"), problems);
  file.in_latency_window = read_expected(keys.find("in_latency_window"), problems);
  read_frequencies(keys, file);
  keys.finish();
  return file;
}

}  // namespace cmap::spec_tests
