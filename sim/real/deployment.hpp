// A running deployment, named by a connection string, as the peer of runs on the steady clock.
#pragma once

#include <memory>
#include <stdexcept>
#include <vector>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/io_threads.hpp"
#include "pool/client/connection_string.hpp"
#include "pool/connection_pool.hpp"
#include "sim/real/steady_peer.hpp"
#include "sim/server_facts.hpp"

namespace cmap::sim {

/// It cannot be reached, or refuses what it is asked; one sentence for people.
class DeploymentError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One endpoint of it: of several hosts the first that can be written to, else the first that
/// answers. Fail points are set by a connection of its own. They are the whole server's, so runs
/// must come one after the other.
class Deployment {
 public:
  /// Connects, and switches the fail point off. Throws DeploymentError.
  explicit Deployment(const ConnectionString& connection_string);
  ~Deployment();
  Deployment(const Deployment&) = delete;
  Deployment& operator=(const Deployment&) = delete;

  [[nodiscard]] const ServerFacts& facts() const { return facts_; }
  [[nodiscard]] const Address& address() const { return address_; }
  /// The deployment outlives it.
  [[nodiscard]] std::unique_ptr<SteadyPeer> make_peer();

 private:
  class Peer;

  void find_endpoint(const std::vector<Address>& hosts);
  /// Whether it can be written to. Throws DeploymentError.
  bool connect(const Address& address);
  wire::Document command(const wire::Document& command);

  const NetworkOptions network_;
  IoThreads threads_;
  AsioEnvironment environment_;
  Address address_;
  ServerFacts facts_;
  std::unique_ptr<ConnectionPool> pool_;
};

}  // namespace cmap::sim
