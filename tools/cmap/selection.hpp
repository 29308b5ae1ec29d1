// Which scenarios a replay is about: those of the user's paths, or everything there is.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "spec-tests/collect.hpp"
#include "tools/cmap/replay_options.hpp"

namespace cmap::tools {

struct Selected {
  spec_tests::ScenarioFile file;
  bool embedded = false;
};

struct Selection {
  std::vector<Selected> scenarios;
  std::vector<spec_tests::Case> cases;
  std::vector<spec_tests::OtherFile> others;
  std::vector<spec_tests::Problem> problems;
  std::size_t filtered_out = 0;
  std::size_t unit_files = 0;  ///< and cases: left out, because the world is a deployment
  /// Without paths: the official files take part too.
  bool has_official = false;
};

/// The folder of a checkout of the specifications in which the scenarios are.
inline constexpr const char* official_folder = "source/connection-monitoring-and-pooling/tests";
/// Those with cases: a checkout may have some of them, or all.
inline constexpr std::array official_case_folders{
    "source/uri-options/tests",      "source/connection-string/tests",
    "source/auth/tests/legacy",      "source/server-discovery-and-monitoring/tests",
    "source/server-selection/tests", "source/max-staleness/tests",
};

/// With paths: what is found there. Without: the embedded scenarios, then those of the checkout.
Selection select(const ReplayOptions& options);

}  // namespace cmap::tools
