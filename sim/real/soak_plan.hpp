// What a soak does, as a function of its seed: the pool and the server of each round, the steps of
// each thread. Only how the threads interleave is not in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "pool/api/options.hpp"
#include "sim/prng.hpp"
#include "sim/real/serve/server_options.hpp"

namespace cmap::sim {

enum class SoakAction : std::uint8_t {
  check_out,             ///< blocking; the connection is kept for a while
  check_out_later,       ///< with a callback
  check_out_and_cancel,  ///< with a callback, and cancelled at once
  check_in,
  ping,        ///< blocking
  ping_later,  ///< with a callback, which checks the connection in
  interrupt,   ///< a ping, which is interrupted at once
  abandon,     ///< a ping on a handle that ends at once
  report_error,
  clear,
  clear_interrupting,
  ready,
  look,  ///< counts, state, invariants
  subscribe,
  unsubscribe,
  close,
};

struct SoakStep {
  SoakAction action = SoakAction::look;
  /// Of the check-out; nothing: it waits for as long as the pool lets it.
  std::optional<Duration> check_out_limit{};
  Duration command_limit{};
  std::uint32_t pick = 0;  ///< which connection, and whatever else is to be chosen
};

inline constexpr std::size_t soak_steps_per_round = 200;  ///< of each thread

struct SoakRound {
  PoolOptions pool;
  serve::FaultOptions faults;
  bool authentication = false;
  /// The step at which the first thread closes the pool; the others go on.
  std::optional<std::size_t> closed_at{};
  /// The pool is destroyed while connections are checked out.
  bool outlived = false;
};

SoakRound draw_soak_round(std::uint64_t seed, std::uint64_t round);
/// In one line.
std::string describe(const SoakRound& round);

/// The steps of one thread in one round.
class SoakSteps {
 public:
  SoakSteps(std::uint64_t seed, std::uint64_t round, std::size_t thread);
  SoakStep next();

 private:
  Prng prng_;
};

}  // namespace cmap::sim
