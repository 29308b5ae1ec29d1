// What a server says about itself, and what a scenario can demand of it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace cmap::sim {

enum class Topology : std::uint8_t { single, replica_set, sharded, load_balanced };
/// As files name it: "single", "replicaset", "sharded", "load-balanced".
constexpr std::string_view topology_name(Topology topology) {
  switch (topology) {
    case Topology::single:
      return "single";
    case Topology::replica_set:
      return "replicaset";
    case Topology::sharded:
      return "sharded";
    case Topology::load_balanced:
      return "load-balanced";
  }
  return "?";
}

using ServerVersion = std::array<std::int64_t, 3>;

/// By default what simulated servers claim to be (R19).
struct ServerFacts {
  ServerVersion version{8, 0, 0};
  Topology topology = Topology::single;
};

}  // namespace cmap::sim
