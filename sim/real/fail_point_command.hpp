// Fail points as the command that a server understands.
#pragma once

#include "pool/wire/bson.hpp"
#include "sim/faults.hpp"

namespace cmap::sim {

/// {configureFailPoint: "failCommand", mode: ..., data: {...}}
wire::Document configure_fail_point(const FailPoint& fail_point);

}  // namespace cmap::sim
