// What happened in one run: every step in order, folded into one 64-bit digest as it happens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pool/api/events.hpp"
#include "sim/checkers/violation.hpp"
#include "sim/choice.hpp"
#include "sim/scenario.hpp"

namespace cmap::sim {

/// Virtual time since the start of the run.
using VirtualTime = Duration;

struct TracedStep {
  VirtualTime time{};
  Option action;
};

struct TracedEvent {
  VirtualTime time{};  ///< of the transition; delivery may be later
  Event event;
};

/// The start and the end of an actor's operations.
struct TracedOperation {
  VirtualTime time{};
  ActorIndex actor = main_actor;
  std::uint32_t operation = 0;  ///< index into Scenario::operations
  bool begins = false;
  ConnectionId connection = ConnectionId::none;  ///< of a CheckOut that ended well
  ErrorPtr error;                                ///< of one that did not
};

using TraceEntry = std::variant<TracedStep, TracedEvent, TracedOperation>;

/// Why a run ended other than by its operations; null `what` means it did not.
struct RunFailure {
  enum class Kind : std::uint8_t {
    event_timeout,  ///< waitForEvent did not see its event in time
    deadlock,       ///< nothing can happen any more
    livelock,       ///< a work budget was passed
    end_of_time,    ///< the virtual clock cannot go on
    misuse,         ///< a label or thread is used against the rules (runner fault, R3)
    wrong_state,    ///< ExpectState
    checker,        ///< an oracle complains
    peer,           ///< what was switched on at the peer could not be switched off
  } kind = Kind::deadlock;
  std::string clause{};    ///< of an oracle: "A-POOL-4", "INVARIANT", ...; empty otherwise
  std::string message;     ///< explains: who waits for what
  std::uint32_t line = 0;  ///< of the operation concerned; 0: none
};

struct Trace {
  /// Filled only if asked for; the digest always covers everything.
  std::vector<TraceEntry> entries;
  /// All events delivered before the main thread ended (R2), in order.
  std::vector<TracedEvent> events;
  /// The error that ended each actor, by ActorIndex; null: none.
  std::vector<ErrorPtr> actor_errors;
  /// The error of each operation with `error_expected` (and of each that failed), by index into
  /// Scenario::operations; null: it succeeded or was not reached.
  std::vector<ErrorPtr> operation_errors;
  std::optional<RunFailure> failure;
  /// Of rules.hpp's run_rules. Filled only if asked for.
  ExercisedRules exercised;
  /// The choices stopped the run: the fingerprint of the state it was in, by each naming of
  /// RunOptions::twins that there is for such a state. Empty: they did not.
  std::vector<std::uint64_t> stopped_at;
  VirtualTime end{};  ///< when the main thread ended
  /// Connections that were given up by then without a word to the peer (A-FORK-2). Simulated peers
  /// only.
  std::int64_t abandoned = 0;
  /// In real time: for so long that what came too late may say nothing of the pool.
  bool machine_stood_still = false;
  std::uint64_t steps = 0;
  std::uint64_t digest = 0;
};

/// "ConnectionReady connectionId=1 duration=500": everything of an event but address and time, as
/// exact expectations are written. Durations and times in milliseconds, with a fraction only where
/// there is one.
std::string describe(const Event& event);
/// "500", "0.25".
std::string milliseconds_text(Duration duration);

}  // namespace cmap::sim
