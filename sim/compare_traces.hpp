// Parity: what two worlds, or two pools, made of one scenario.
#pragma once

#include <optional>
#include <string>

#include "sim/trace.hpp"

namespace cmap::sim {

/// The first difference between two traces of one scenario, in events (with times, fields and
/// counts), in the outcomes of operations or in the end. Messages of errors may differ: the real
/// world tells more. Nothing: there is none.
std::optional<std::string> first_difference(const Trace& expected, const Trace& actual);

}  // namespace cmap::sim
