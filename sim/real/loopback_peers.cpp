// The server lives as long as the peer.
#include "sim/real/loopback_peers.hpp"

#include <utility>

#include "sim/real/serve/server.hpp"

namespace cmap::sim {
namespace {

class LoopbackPeer final : public SteadyPeer {
 public:
  LoopbackPeer(serve::ServerOptions options, NetworkOptions network)
      : server_(std::move(options)), network_(std::move(network)) {
    server_.start();
  }

  [[nodiscard]] Address address() const override {
    return Address("127.0.0.1", server_.ports().front());
  }
  /// As in the other worlds: the port is another one in each run.
  [[nodiscard]] Address shown_address() const override { return Address(); }
  [[nodiscard]] NetworkOptions network_options() const override { return network_; }
  void set_fail_point(const FailPoint& fail_point) override {
    server_.set_fail_point(/*member=*/0, fail_point);
  }

 private:
  serve::Server server_;
  const NetworkOptions network_;
};

}  // namespace

std::unique_ptr<SteadyPeer> LoopbackPeers::make(const Scenario& scenario) {
  const PeerKind kind{.tls = tls_ || scenario.server.tls,
                      .authentication = scenario.server.authentication,
                      .load_balanced_client = scenario.options.load_balanced};
  return std::make_unique<LoopbackPeer>(options_.of_server(kind), options_.of_client(kind));
}

}  // namespace cmap::sim
