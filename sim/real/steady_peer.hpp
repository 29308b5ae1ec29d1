// Whom a pool on the steady clock talks to.
#pragma once

#include <functional>
#include <memory>

#include "pool/api/address.hpp"
#include "pool/asio/network_options.hpp"
#include "sim/faults.hpp"
#include "sim/scenario.hpp"

namespace cmap::sim {

/// The peer of one run.
class SteadyPeer {
 public:
  virtual ~SteadyPeer() = default;
  [[nodiscard]] virtual Address address() const = 0;
  /// What the pool, its events and its errors call it.
  [[nodiscard]] virtual Address shown_address() const { return address(); }
  /// But for the application's name, where the scenario has one.
  [[nodiscard]] virtual NetworkOptions network_options() const = 0;
  /// As configureFailPoint does it. Throws std::runtime_error where the peer refuses.
  virtual void set_fail_point(const FailPoint& fail_point) = 0;
};

using SteadyPeerFactory = std::function<std::unique_ptr<SteadyPeer>(const Scenario&)>;

}  // namespace cmap::sim
