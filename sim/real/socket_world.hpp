// The socket world: what the simulation decides happens on real sockets, against a loopback server.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/scenario.hpp"
#include "sim/world.hpp"

namespace cmap::sim {

class RealPeers;

/// Virtual clock, real TCP or TLS, real threads. The schedule is the simulation's: a gate in the
/// server holds each connection until the schedule lets it go on, and virtual time stands still
/// until what was let go has come to its end. What comes of it is what the sockets say.
///
/// Servers and their keys are made once and used by all runs. Runs come one after the other.
class SocketWorld {
 public:
  struct Options {
    bool tls = false;  ///< always; else only where a scenario says so
  };
  explicit SocketWorld(const Options& options);
  ~SocketWorld();
  SocketWorld(const SocketWorld&) = delete;
  SocketWorld& operator=(const SocketWorld&) = delete;

  /// `options` with sockets and threads. Throws std::runtime_error where the network does not
  /// answer within 10 s of real time.
  Trace run(const Scenario& scenario, const PoolFactory& factory, ChoiceSource& choices,
            const RunOptions& options);

  /// Why only the simulation can run this scenario; nothing: it can be run here.
  [[nodiscard]] static std::optional<std::string> only_simulated(const Scenario& scenario);

 private:
  const Options options_;
  std::unique_ptr<RealPeers> peers_;
};

}  // namespace cmap::sim
