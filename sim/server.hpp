// The model of a server: what it answers to the commands of an establishment, fail points included.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "pool/api/errors.hpp"
#include "pool/api/time.hpp"
#include "sim/faults.hpp"

namespace cmap::sim {

/// What a fail point does to one command.
struct FailPointHit {
  std::string command;  ///< which of the names it was asked for
  bool close_connection = false;
  Duration block_time{0};
  std::int32_t error_code = 0;
  ErrorLabel labels = ErrorLabel::none;
};

/// Holds the one fail point in force, and counts.
class Server {
 public:
  /// Replaces the fail point in force (`configureFailPoint`).
  void set(FailPoint fail_point);

  /// Whether the fail point strikes a client that sends these commands, in this order; it strikes
  /// at most once, and counts once (requirements B.3, "Runs, interruption and fail points"). Names
  /// are compared with their case, but for isMaster, which is also ismaster (R20).
  std::optional<FailPointHit> strike(std::span<const std::string_view> commands,
                                     const std::optional<std::string>& app_name);
  [[nodiscard]] const FailPoint& fail_point() const { return fail_point_; }

 private:
  [[nodiscard]] const std::string* struck(std::span<const std::string_view> commands) const;

  FailPoint fail_point_;
};

/// "SystemOverloadedError", "RetryableError", "TransientTransactionError"; others have no meaning
/// to a pool and are left out.
ErrorLabel labels_from_names(std::span<const std::string> names);

}  // namespace cmap::sim
