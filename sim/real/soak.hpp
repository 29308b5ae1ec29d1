// A soak: many threads do everything at random to pools on real sockets, the server misbehaves at
// random, and whatever must hold of a pool is checked while they do and when they have ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/checkers/violation.hpp"
#include "sim/real/soak_watch.hpp"

namespace cmap::sim {

struct SoakOptions {
  std::uint64_t seed = 0;
  std::size_t threads = 8;
  bool tls = false;
  /// What a round draws is a function of the seed and its number; how many do it, on what, and for
  /// how long, is one of `threads`, `tls` and what is left of `operations`.
  std::uint64_t first_round = 0;
  /// Of all threads together; nothing: no limit.
  std::optional<std::uint64_t> operations{};
  /// Asked some times in a second whether to go on; may be empty.
  std::function<bool(const SoakTotals&)> go_on{};
  /// A round in which nothing ends for so long is stuck.
  Duration patience = std::chrono::seconds(60);

  // To test the soak:
  /// The events that the checkers see; empty: all.
  SoakWatch::Filter sees{};
  /// A connection is never checked in.
  bool forgets_check_in = false;
  /// A listener of the pool from its `ready` on, without a lock of the soak; may be empty.
  std::function<void(ConnectionPool&, const Event&)> listens{};
};

struct SoakFailure {
  Violation violation;
  std::uint64_t round = 0;
  std::string setting;  ///< of that round
  /// That were left when the round began, if they are limited: to repeat it.
  std::optional<std::uint64_t> operations{};
  std::vector<std::string> last_events;
};

struct SoakReport {
  SoakTotals totals;
  std::optional<SoakFailure> failure;
};

/// Runs rounds, each a pool and a server with options of its own, until it is told to end or
/// something is wrong. What waits for ever cannot be ended: then `stuck` is called, which must not
/// return.
SoakReport soak(const SoakOptions& options, const std::function<void(const SoakReport&)>& stuck);

}  // namespace cmap::sim
