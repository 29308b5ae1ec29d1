// configureFailPoint: from the command to the model of fail points that the simulated server has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pool/wire/bson.hpp"
#include "pool/wire/result.hpp"
#include "sim/faults.hpp"
#include "sim/server.hpp"

namespace cmap::serve {

/// `{configureFailPoint: "failCommand", mode: ..., data: {...}}`. Fails for what this server does
/// not do: a fail point that is taken and then ignored would be worse.
wire::Result<sim::FailPoint> parse_fail_point(wire::DocumentView command);

/// What the errors of a fail point say of the version of the topology.
enum class ErrorVersion : std::uint8_t {
  none,
  older,  ///< than the member's
  same,
  newer,  ///< with each error the member has something to tell
};

/// The fail point of one member.
class FailPoints {
 public:
  struct Hit {
    bool close_connection = false;
    Duration block_time{0};
    /// `ok: 0` with the labels as they were written; nothing: the command is not answered with an
    /// error.
    std::optional<wire::Document> error{};
    ErrorVersion version = ErrorVersion::none;
  };

  void set(sim::FailPoint fail_point, ErrorVersion version = ErrorVersion::none);
  /// How often a fail point has struck.
  [[nodiscard]] std::int64_t count() const { return count_; }
  std::optional<Hit> strike(std::string_view command, const std::optional<std::string>& app_name);

 private:
  sim::Server server_;
  ErrorVersion version_ = ErrorVersion::none;
  std::vector<std::string> labels_;  ///< the shared model keeps those that pools know
  std::int64_t count_ = 0;
};

}  // namespace cmap::serve
