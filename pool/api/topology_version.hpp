// How a server says which state of its it reports: the topologyVersion of replies and of errors.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>

namespace cmap {

struct ObjectId {
  std::array<std::uint8_t, 12> bytes{};
  auto operator<=>(const ObjectId&) const = default;
};

/// A monitor sends it back to wait for a newer one. Counters of different processes say nothing
/// about each other.
struct TopologyVersion {
  ObjectId process_id;
  std::int64_t counter = 0;
  bool operator==(const TopologyVersion&) const = default;
};

/// What a reply says must be ignored: `known` is newer (D-RS-6). Not known: nothing is newer.
constexpr bool is_older(const std::optional<TopologyVersion>& reported,
                        const std::optional<TopologyVersion>& known) {
  return reported && known && reported->process_id == known->process_id &&
         reported->counter < known->counter;
}

/// What an error says must be ignored: what it tells is known already (D.2). Unlike a reply, an
/// error must be newer.
constexpr bool is_newer(const std::optional<TopologyVersion>& reported,
                        const std::optional<TopologyVersion>& known) {
  return !reported || !known || reported->process_id != known->process_id ||
         reported->counter > known->counter;
}

}  // namespace cmap
