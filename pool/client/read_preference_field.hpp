// What a command says to its server of the read preference it was selected by (`$readPreference`).
#pragma once

#include <optional>
#include <string_view>

#include "pool/api/read_preference.hpp"
#include "pool/topology/server_selection.hpp"
#include "pool/wire/bson.hpp"

namespace cmap {

/// As connection strings and commands spell it.
std::string_view mode_name(ReadPreferenceMode mode);

/// What must be said to a server of `type` so that it answers what was selected for it; nothing:
/// nothing may be said (server selection: topology types, passing read preference to mongos).
std::optional<ReadPreference> read_preference_to_say(const Selection& selection,
                                                     TopologyType topology, ServerType type);

/// The command with it, unless it has such a field already.
wire::Document with_read_preference(wire::DocumentView command, const ReadPreference& preference);

}  // namespace cmap
