// A file of server selection as it is read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pool/topology/server_selection.hpp"
#include "spec-tests/object_reader.hpp"

namespace cmap::spec_tests {

/// Addresses that a file expects, and where.
struct ExpectedServers {
  std::vector<std::string> addresses;  ///< sorted
  Mark mark;
};

struct SelectionFile {
  std::string path;
  TopologyDescription topology;
  Selection selection;
  Duration heartbeat_frequency = std::chrono::seconds(10);
  bool error = false;  ///< the read preference cannot be kept
  Mark error_mark;
  std::optional<ExpectedServers> suitable;
  std::optional<ExpectedServers> in_latency_window;

  // How often each server is chosen.
  std::map<std::string, std::int64_t> operation_counts;
  std::int64_t iterations = 0;
  double tolerance = 0;
  struct Frequency {
    std::string address;
    double frequency = 0;
    Mark mark;
  };
  std::vector<Frequency> frequencies;
};

SelectionFile read_selection_file(const Value& document, const std::string& path,
                                  Problems& problems);

/// `value` in milliseconds, which may be a fraction. Nothing if it is no number.
std::optional<Duration> milliseconds_in(const Value& value);

}  // namespace cmap::spec_tests
