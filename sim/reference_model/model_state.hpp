// What the reference model knows about one connection and about one check-out: plain values.
#pragma once

#include <cstdint>
#include <optional>

#include "pool/api/errors.hpp"
#include "pool/api/ids.hpp"
#include "pool/api/requests.hpp"
#include "pool/api/time.hpp"
#include "sim/pool_under_test.hpp"

namespace cmap::sim {

/// A connection that is not closed yet (A-CON-6): a closed one is forgotten.
struct ModelConnection {
  enum class State : std::uint8_t { pending, available, in_use };

  ConnectionId id = ConnectionId::none;
  State state = State::pending;
  TimePoint created;
  /// Of the pool when it was created; behind a load balancer of its service, from hello on
  /// (A-CON-4).
  std::optional<Generation> generation;
  std::optional<ServiceId> service;

  // While pending.
  bool by_background_run = false;
  std::optional<CheckOutId> bound_to;  ///< the check-out that gets it; nothing: nobody waits
  std::optional<TimePoint> establishment_deadline;  ///< gone when it was reached
  bool was_timed_out = false;

  // While available.
  TimePoint available_since;
  std::int64_t available_order = 0;  ///< numbers the moments at which connections became available

  // While in use.
  CheckOutId holder = CheckOutId::none;
  CheckOutPurpose purpose = CheckOutPurpose::other;

  /// A network error or the like (A-CON-5). Null: none. The first one counts.
  ErrorPtr error;
  /// What its holder does was ended by the pool (A-CLR-5).
  bool was_interrupted = false;
  /// Its descriptor belongs to the parent of this process (A-FORK-2).
  bool was_inherited = false;
};

/// A check-out that is not over: in the WaitQueue, or waiting for its own establishment.
struct ModelCheckOut {
  CheckOutId id = CheckOutId::none;
  TimePoint started;
  CheckOutPurpose purpose = CheckOutPurpose::other;
  /// Given with the call: bounds queueing and establishing (D-CSOT-1).
  bool has_own_deadline = false;
  std::optional<TimePoint> deadline;
  PoolUnderTest::CheckOutDone done;
};

}  // namespace cmap::sim
