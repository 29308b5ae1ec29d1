// Elections are ordered by electionId first since MongoDB 6.0, by setVersion first before.
#include "pool/topology/election.hpp"

#include <utility>

namespace cmap {
namespace {

/// MongoDB 6.0.
constexpr std::int32_t election_id_first = 17;

std::string shown(const std::optional<ObjectId>& id) {
  if (!id) return "null";
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : id->bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 0xF];
  }
  return text;
}

std::string shown(const std::optional<std::int64_t>& version) {
  return version ? std::to_string(*version) : "null";
}

template <typename First, typename Second>
std::string mismatch(const First& first, const Second& second, const First& max_first,
                     const Second& max_second) {
  return "primary marked stale due to electionId/setVersion mismatch, (" + shown(first) + ", " +
         shown(second) + ") is stale compared to (" + shown(max_first) + ", " + shown(max_second) +
         ")";
}

/// An absent value is less than any other, which is how std::optional compares.
std::optional<std::string> note_election_id_first(TopologyDescription& topology,
                                                  const ServerDescription& primary) {
  const auto newest = std::pair(topology.max_election_id, topology.max_set_version);
  if (std::pair(primary.election_id, primary.set_version) < newest) {
    return mismatch(primary.election_id, primary.set_version, newest.first, newest.second);
  }
  topology.max_election_id = primary.election_id;
  topology.max_set_version = primary.set_version;
  return std::nullopt;
}

/// Only where all values are known can one be stale.
std::optional<std::string> note_set_version_first(TopologyDescription& topology,
                                                  const ServerDescription& primary) {
  if (primary.set_version && primary.election_id) {
    const auto newest = std::pair(topology.max_set_version, topology.max_election_id);
    if (newest.first && newest.second &&
        std::pair(primary.set_version, primary.election_id) < newest) {
      return mismatch(primary.set_version, primary.election_id, newest.first, newest.second);
    }
    topology.max_election_id = primary.election_id;
  }
  if (primary.set_version > topology.max_set_version)
    topology.max_set_version = primary.set_version;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> note_election(TopologyDescription& topology,
                                         const ServerDescription& primary) {
  return primary.max_wire_version >= election_id_first ? note_election_id_first(topology, primary)
                                                       : note_set_version_first(topology, primary);
}

}  // namespace cmap
