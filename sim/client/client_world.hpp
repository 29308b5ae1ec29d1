// The world of a test of clients: a deployment, and clients of it that see it through an
// environment; simulated, or of real sockets.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "pool/client/client.hpp"
#include "pool/client/connection_string.hpp"
#include "sim/server_facts.hpp"

namespace cmap::sim {

struct ClientWorldOptions {
  Topology topology = Topology::single;
  /// The servers refuse commands of whoever is not `test_user`.
  bool authentication = false;
};

/// What the servers of every such world say they are.
inline constexpr ServerVersion client_world_version{7, 0, 0};
inline constexpr const char* test_user = "ada";
inline constexpr const char* test_password = "pencil";
inline constexpr const char* test_set_name = "rs";

/// All functions but `post` are for the one thread of the test. Must outlive its clients.
class ClientWorld {
 public:
  virtual ~ClientWorld() = default;

  /// To begin with.
  [[nodiscard]] virtual std::vector<Address> hosts() const = 0;
  [[nodiscard]] virtual TimePoint now() const = 0;
  /// With an environment of its own. `connection` says all about it, the hosts included. Throws
  /// what Client throws.
  virtual std::unique_ptr<Client> make_client(const ConnectionString& connection,
                                              ClientHooks hooks) = 0;

  /// To be called by `step` or `settle`, in the order of the calls. From any thread: so listeners
  /// and callbacks of clients reach the thread of the test. What was not called when the world ends
  /// never is.
  virtual void post(std::function<void()> action) = 0;
  /// Lets something happen, or lets time pass until `until`.
  virtual void step(TimePoint until) = 0;
  /// Lets happen what follows from what has happened, but no time pass.
  virtual void settle() = 0;
};

/// Makes worlds of one kind, each with a new deployment.
class ClientWorlds {
 public:
  virtual ~ClientWorlds() = default;
  [[nodiscard]] virtual std::unique_ptr<ClientWorld> make(
      const ClientWorldOptions& options) const = 0;
};

}  // namespace cmap::sim
