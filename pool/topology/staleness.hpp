// How far a secondary lags behind, estimated from what servers say about their writes.
#pragma once

#include <optional>
#include <string>

#include "pool/topology/topology_description.hpp"

namespace cmap {

/// Beside the primary, or beside the freshest secondary where none is known, with the time until
/// the next check. Zero for the primary, and where a date is not known.
Duration staleness(const TopologyDescription& topology, const ServerDescription& server,
                   Duration heartbeat_frequency);

/// Why such a limit cannot be kept: dates are not that exact. Nothing: it can.
std::optional<std::string> max_staleness_error(Duration max_staleness,
                                               Duration heartbeat_frequency);

}  // namespace cmap
