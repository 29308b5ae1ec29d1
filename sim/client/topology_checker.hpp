// What must hold of the descriptions of a topology and its servers (D.4), one after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "pool/client/client_options.hpp"
#include "pool/topology/topology_description.hpp"
#include "sim/checkers/violation.hpp"

namespace cmap::sim {

class TopologyChecker {
 public:
  explicit TopologyChecker(const ClientOptions& options) : set_name_(options.replica_set) {}

  /// Each new one. `report` gets the first demand that does not hold.
  void observe(const TopologyDescription& topology, Report& report);
  /// Of one server, whatever the cause.
  static void compare(const ServerDescription& before, const ServerDescription& after,
                      Report& report);
  /// The error is not newer than what is known of its server, and therefore ignored.
  static bool is_old(const Error& error, const ServerDescription& server);
  /// Of an application: it has marked a server Unknown.
  static void check_error(const Error& error, Report& report);

 private:
  void check_primary(const TopologyDescription& topology, const ServerDescription& primary,
                     Report& report);

  const std::string set_name_;
  using Election = std::pair<std::optional<ObjectId>, std::optional<std::int64_t>>;
  Election newest_;
};

}  // namespace cmap::sim
