// From a client's options to those of its parts. Internal to the client.
#pragma once

#include <vector>

#include "pool/client/client_environment.hpp"
#include "pool/client/client_options.hpp"
#include "pool/client/monitor_effects.hpp"
#include "pool/topology/topology_core.hpp"

namespace cmap {

/// All that is wrong, the pools' options included; empty if a client can be made of them.
std::vector<OptionError> validate(const std::vector<Address>& hosts, const ClientOptions& options);

/// With the times of establishments, unless the user set them (D-CSOT-2, D-CSOT-3).
PoolOptions pool_options(const ClientOptions& options);
/// What the options ask for and the environment was not made for; it would go out unprotected, or
/// as somebody else.
std::vector<OptionError> compare(const ClientOptions& options, const ClientAbilities& abilities);

TopologyOptions topology_options(const std::vector<Address>& hosts, const ClientOptions& options);
MonitorOptions monitor_options(const ClientOptions& options, const ClientIdentity& identity);

}  // namespace cmap
