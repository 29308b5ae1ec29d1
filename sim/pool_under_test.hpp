// The interface that a world drives: implement it to put another C++ pool under the scenarios.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "pool/api/address.hpp"
#include "pool/api/events.hpp"
#include "pool/api/options.hpp"
#include "pool/api/requests.hpp"
#include "pool/core/state_visitor.hpp"
#include "pool/environment.hpp"

namespace cmap::sim {

/// What a check-out gave: the connection, and two words by which the pool under test knows the
/// lease when it comes back. It must tell a lease that was checked in before, or that another pool
/// gave.
struct CheckedOut {
  ConnectionId connection = ConnectionId::none;
  std::uint64_t handle = 0;
  std::uint64_t tag = 0;
};

/// Exactly one of the two: a lease, or an error.
struct CheckOutOutcome {
  CheckedOut checked_out;
  ErrorPtr error;
};

/// The inside of a pool, for assertions about what no event shows.
struct PoolSnapshot {
  PoolState state = PoolState::paused;
  Generation generation = Generation::initial;
  PoolCounts counts;
  std::int64_t armed_deadlines = 0;
};

/// One pool. On the virtual clock it is driven from one thread, on the steady clock from any
/// number. Every operation reports its end through its callback, inline or later, exactly once:
/// that is the moment at which a blocking call would return, i.e. after the events of the operation
/// were delivered. A null error means success. Operations never throw.
///
/// The operations below the line are optional: a pool that lacks one leaves the default, which
/// answers with a usage error, and a scenario that needs it fails with that error.
class PoolUnderTest {
 public:
  using Done = std::function<void(ErrorPtr)>;
  using CheckOutDone = std::function<void(CheckOutOutcome)>;

  virtual ~PoolUnderTest() = default;

  virtual void ready(Done done) = 0;
  virtual void clear(const ClearRequest& request, Done done) = 0;
  virtual void close(Done done) = 0;
  /// The result names the check-out for `cancel`.
  virtual std::uint64_t check_out(const CheckOutRequest& request, CheckOutDone done) = 0;
  virtual void check_in(const CheckedOut& checked_out, Done done) = 0;

  // -----------------------------------------------------------------------------------------

  virtual void cancel(std::uint64_t check_out, Done done);
  virtual void clear_service(const ServiceId& service, Done done);
  virtual void reset_after_fork(Done done);
  virtual void set_purpose(const CheckedOut& checked_out, CheckOutPurpose purpose, Done done);
  /// An operation on a connection in use failed with `error`; the error handler says `verdict`.
  virtual void connection_failed(const CheckedOut& checked_out, ErrorPtr error,
                                 ErrorVerdict verdict, Done done);
  [[nodiscard]] virtual std::optional<PoolSnapshot> snapshot() const { return std::nullopt; }
  /// Recounts everything and aborts, or throws, on a contradiction.
  virtual void check_invariants() const {}
  /// Shows everything that the future depends on, but what the pool was made with and what waits in
  /// the delivery queue: there, effects must say what they are, and the end of an operation is a
  /// CheckOutCompleted without a check-out. Check-outs are numbered from 1 in the order of the
  /// calls. False: it does not show it, and cannot be searched exhaustively.
  virtual bool visit_state(StateVisitor&) const { return false; }
};

/// What a pool is made with. The listener must see PoolCreated, inside `create` or later.
struct PoolSetup {
  Address address;
  PoolOptions options;
  EventListener listener;
  std::uint64_t number = 0;  ///< a different one for every pool of a run
};

/// Makes the pool under test. The environment outlives the pool; the pool must take its time, its
/// timer and its connections from there, or it is not deterministic.
using PoolFactory =
    std::function<std::unique_ptr<PoolUnderTest>(const PoolSetup&, Environment& environment)>;

}  // namespace cmap::sim
