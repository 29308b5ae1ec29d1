// The worlds that `cmap replay` can run scenarios in, by their names on the command line.
#pragma once

#include <string>

#include "spec-tests/runner.hpp"

namespace cmap::tools {

/// "sim", "tcp", "tls". The servers of a real world live as long as the result. Throws BadUse,
/// which names `option`.
struct World {
  std::string name;
  spec_tests::RunnerOptions::World run;
  bool is_simulated = true;
};
World world_named(const std::string& option, const std::string& name);

/// Runs in `name`.
void run_on(spec_tests::RunnerOptions& runner, const std::string& name);
/// Runs in the second of "first,second", and compares with the first.
void run_and_compare(spec_tests::RunnerOptions& runner, const std::string& names);

}  // namespace cmap::tools
