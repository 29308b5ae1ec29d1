// A run as its ingredients are looked for in it: each event with what it meant.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sim/scenario.hpp"
#include "sim/trace.hpp"

namespace cmap::fuzz {

/// One event, with what was so just before it.
struct Seen {
  enum class Life : std::uint8_t { none, pending, available, in_use };

  const Event* event = nullptr;
  Duration time{};
  PoolState state = PoolState::paused;
  std::size_t waiting = 0;  ///< check-outs in the queue

  // Of the connection that it names.
  ConnectionId connection = ConnectionId::none;
  Life life = Life::none;  ///< in use, if it is closed because of what happened until its check-in
  Duration for_so_long{};  ///< in this state
  Duration last_hold{};    ///< how long its last holder had it
  bool populated = false;  ///< created for no check-out
  bool stale = false;
  bool had_holder_before_clear = false;  ///< it was in use when a clear interrupted
  /// While it was established its check-out ended with this error.
  std::optional<ErrorType> given_up{};

  // Of the check-out that it ends.
  bool queued = false;

  [[nodiscard]] EventType type() const { return event->type(); }
  template <typename Body>
  [[nodiscard]] const Body* as() const {
    return std::get_if<Body>(&event->body);
  }
};

struct RecordedRun {
  const sim::Scenario& scenario;
  const sim::Trace& trace;  ///< with entries
  ResolvedPoolOptions options;
  std::vector<Seen> events;
};

/// Which check-out a connection is for is not in the events; the queue's length in them tells.
RecordedRun read_run(const sim::Scenario& scenario, const sim::Trace& trace);

}  // namespace cmap::fuzz
