// Names of the events.
#include "pool/topology/topology_events.hpp"

#include <array>

namespace cmap {

std::string_view event_name(const TopologyEventBody& body) {
  constexpr std::array<std::string_view, std::variant_size_v<TopologyEventBody>> names = {
      "TopologyOpening", "TopologyDescriptionChanged",
      "ServerOpening",   "ServerDescriptionChanged",
      "ServerClosed",    "TopologyClosed",
  };
  return names[body.index()];
}

}  // namespace cmap
