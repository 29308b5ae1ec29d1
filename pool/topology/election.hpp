// Tells the primary of the newest election from one that does not know yet that it is none
// (D-SD-6).
#pragma once

#include <optional>
#include <string>

#include "pool/topology/topology_description.hpp"

namespace cmap {

/// Compares the primary's election with the newest that the topology knows and remembers the newer
/// one. Says why the primary is stale, if it is.
std::optional<std::string> note_election(TopologyDescription& topology,
                                         const ServerDescription& primary);

}  // namespace cmap
