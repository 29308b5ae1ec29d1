// The world that a pool lives in, as seams: clock, one timer, transport, delivery. The simulated
// and the real environment implement them; the pool above is the same code in both.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "pool/api/address.hpp"
#include "pool/api/time.hpp"
#include "pool/api/transport.hpp"
#include "pool/delivery_queue.hpp"

namespace cmap {

/// One timer. `arm` replaces whatever was armed. The callback must not run inside `arm`: it comes
/// later, at or after `when`, at most once per `arm`. A callback may still come shortly after
/// `disarm` or another `arm` (a race on real threads); the pool bears it.
class DeadlineTimer {
 public:
  /// Waits for a running callback to end, unless called from inside it.
  virtual ~DeadlineTimer() = default;
  virtual void arm(TimePoint when) = 0;
  virtual void disarm() = 0;
};

/// Makes the parts of one world. Must outlive every pool in it. Thread-safe where its world has
/// threads.
class Environment {
 public:
  virtual ~Environment() = default;

  /// Monotonic.
  [[nodiscard]] virtual TimePoint now() const = 0;
  virtual std::unique_ptr<DeadlineTimer> make_timer(std::function<void()> callback) = 0;
  /// `listener` outlives the transport.
  virtual std::unique_ptr<Transport> make_transport(const Address& address,
                                                    TransportListener& listener) = 0;

  /// The queue through which pools deliver their effects; pools that share one have one total order
  /// of events. The default is a queue of its own for each pool.
  virtual std::shared_ptr<DeliveryQueue> make_delivery_queue() {
    return std::make_shared<DeliveryQueue>();
  }

  /// Changes in the child of a fork, and never else: how a pool finds out that it was inherited.
  /// The default never changes (A-FORK-1).
  [[nodiscard]] virtual std::uint64_t process_generation() const { return 0; }
};

}  // namespace cmap
