// A small MongoDB endpoint on loopback: for scenarios, and for people who have no mongod at hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/faults.hpp"
#include "sim/real/serve/cannot_listen.hpp"
#include "sim/real/serve/hooks.hpp"
#include "sim/real/serve/server_options.hpp"

namespace cmap::serve {

/// Runs in a thread of its own. Any number of them live side by side.
///
/// All functions may be called from any thread, and take effect before they return. But `start`
/// and `stop` must not be called at the same time as anything else, nor from a hook.
class Server {
 public:
  /// Throws std::invalid_argument where `options` contradict themselves, and std::runtime_error
  /// where certificates cannot be read.
  explicit Server(ServerOptions options, Hooks hooks = {});
  /// Stops.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Once. From its return on clients can connect. Throws CannotListen.
  void start();
  /// Closes everything. May be called again.
  void stop();

  /// One for each member, the same for its whole life.
  [[nodiscard]] std::vector<std::uint16_t> ports() const;
  /// Connection string for all of it; credentials and certificates are not in it.
  [[nodiscard]] std::string uri() const;
  /// Connections that are open at this moment.
  [[nodiscard]] std::size_t connections() const;

  // The replica set; a single server is the only member, and the primary, of itself.
  [[nodiscard]] std::optional<std::size_t> primary() const;
  /// The primary becomes a secondary; another member is elected after `election_time`.
  void step_down();
  /// The port refuses and the connections are gone, as if the process had died. What was stored
  /// stays with the set.
  void kill(std::size_t member);
  /// As a new process on the old port. Nothing happens to a member that is alive.
  void restart(std::size_t member);

  /// As configureFailPoint does it.
  void set_fail_point(std::size_t member, sim::FailPoint fail_point);

  enum class How : std::uint8_t { close, reset };
  /// Harmless if there is no such connection any more.
  void close_peer(std::uint64_t connection, How how);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cmap::serve
