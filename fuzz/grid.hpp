// Small configurations, all of them: what an exhaustive search goes through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/scenario.hpp"

namespace cmap::fuzz {

/// How large. Each configuration has threads that check a connection out and in again, as often as
/// `check_outs` says, one thread that does what is done to a pool, and at most one fault.
struct GridSize {
  std::uint32_t threads = 3;
  std::uint32_t check_outs = 1;
  std::uint32_t max_pool_size = 2;
  /// Longest sequence of clear, clear(interrupt), close and ready: 0 to 3.
  std::uint32_t lifecycle = 2;
  bool faults = true;
};

/// Every combination, the small ones first, of
/// - 1 to `threads` threads, with 1 to `max_pool_size` connections, but no more than threads;
/// - what is done to the ready pool: nothing, clear, clear(interrupt), close, and a few sequences
/// of
///   these and ready;
/// - the first establishment succeeds, is refused, hangs until establishmentTimeout, is late, is
/// not
///   authenticated (which clears the pool), or its connection is ended by the peer later;
/// - no more options than that and no background Runs, or Runs with minPoolSize 1, maxConnecting 1,
///   waitQueueTimeoutMS and maxIdleTimeMS.
/// With the default size these are 480.
std::vector<sim::Scenario> grid(const GridSize& size = {});

}  // namespace cmap::fuzz
