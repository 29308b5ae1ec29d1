// What an operation on a pool is asked with, and what it answers.
#pragma once

#include <cstdint>
#include <optional>

#include "pool/api/errors.hpp"
#include "pool/api/ids.hpp"
#include "pool/api/time.hpp"

namespace cmap {

/// For what a connection is used; behind a load balancer the timeout text counts them (A-LB-6).
enum class CheckOutPurpose : std::uint8_t { other, cursor, transaction };

struct CheckOutRequest {
  /// Bounds the whole check-out, establishing included, and replaces waitQueueTimeoutMS
  /// (D-CSOT-1). A deadline that has been reached when the check-out starts lets it have only what
  /// is at hand.
  std::optional<TimePoint> deadline{};
  CheckOutPurpose purpose = CheckOutPurpose::other;
};

struct ClearRequest {
  /// Also end what pending connections and older connections in use are doing (A-CLR-5).
  bool interrupt_in_use_connections = false;
  /// Why the pool is cleared; becomes the cause of PoolClearedError. May be null.
  ErrorPtr cause{};
};

enum class PoolState : std::uint8_t { paused, ready, closed };

}  // namespace cmap
