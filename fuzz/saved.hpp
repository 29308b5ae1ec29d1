// A failure as a file that brings it back.
#pragma once

#include <string>
#include <string_view>

#include "fuzz/shrink.hpp"
#include "spec-tests/scenario_file.hpp"
#include "spec-tests/write_scenario.hpp"

namespace cmap::fuzz {

/// The scenario with its schedule as YAML, with what the reference model does on that schedule as
/// what is expected: a pool that is right passes, the one that failed does not. `name`: what the
/// description calls it.
spec_tests::Written save(const Failure& failure, std::string_view name);

}  // namespace cmap::fuzz
