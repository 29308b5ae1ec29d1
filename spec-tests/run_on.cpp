// runOn: for which servers a scenario is meant.
#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <string>
#include <utility>

#include "spec-tests/readers.hpp"

namespace cmap::spec_tests {
namespace {

using Version = sim::ServerVersion;

/// "4.4" or "4.4.0".
std::optional<Version> parse_version(std::string_view text) {
  Version version{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t part = 0; part < version.size(); ++part) {
    if (at == end || *at < '0' || *at > '9') return std::nullopt;
    const auto result = std::from_chars(at, end, version[part]);
    if (result.ec != std::errc()) return std::nullopt;
    at = result.ptr;
    if (at == end) return part > 0 ? std::optional(version) : std::nullopt;
    if (*at++ != '.') return std::nullopt;
  }
  return std::nullopt;
}

std::vector<sim::Topology> read_topologies(ObjectReader& keys) {
  using enum sim::Topology;
  constexpr std::array known{single, replica_set, sharded};
  constexpr std::array names{sim::topology_name(single), sim::topology_name(replica_set),
                             sim::topology_name(sharded)};
  std::vector<sim::Topology> topologies;
  for (const Value& value : read_list(keys.find("topology"), "topology", keys.problems())) {
    if (const auto word = read_word(&value, "the topology", names, keys.problems())) {
      topologies.push_back(known[*word]);
    }
  }
  return topologies;
}

bool fits(const RunOn& run_on, const sim::ServerFacts& server) {
  return (!run_on.min_version || *run_on.min_version <= server.version) &&
         (!run_on.max_version || *run_on.max_version >= server.version) &&
         (run_on.topologies.empty() ||
          std::ranges::find(run_on.topologies, server.topology) != run_on.topologies.end());
}

}  // namespace

std::optional<Version> read_version(ObjectReader& keys, std::string_view key) {
  const Value* value = keys.find(key);
  const auto text = read_string(value, key, keys.problems());
  if (!text) return std::nullopt;
  auto version = parse_version(*text);
  if (!version) {
    std::string message(key);
    message += " must be a version as \"4.4.0\", but is ";
    message += in_quotes(*text);
    keys.problems().add(value->mark, std::move(message));
  }
  return version;
}

std::vector<RunOn> read_run_on(const Value* value, Problems& problems) {
  std::vector<RunOn> alternatives;
  for (const Value& alternative : read_list(value, "runOn", problems)) {
    ObjectReader keys(alternative, "runOn", problems);
    alternatives.push_back({.min_version = read_version(keys, "minServerVersion"),
                            .max_version = read_version(keys, "maxServerVersion"),
                            .topologies = read_topologies(keys)});
    keys.finish();
  }
  return alternatives;
}

std::optional<std::string> misfit(const std::vector<RunOn>& run_on,
                                  const sim::ServerFacts& server) {
  const auto matches = [&](const RunOn& alternative) { return fits(alternative, server); };
  if (run_on.empty() || std::ranges::any_of(run_on, matches)) return std::nullopt;
  std::string reason = "runOn does not include the server, version ";
  for (const std::int64_t part : server.version) {
    reason += (reason.ends_with(' ') ? "" : ".") + std::to_string(part);
  }
  return reason + ", topology " + std::string(sim::topology_name(server.topology));
}

}  // namespace cmap::spec_tests
