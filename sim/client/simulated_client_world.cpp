// A loop, a deployment on it, and an environment for each client.
#include "sim/client/simulated_client_world.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "pool/wire/client_metadata.hpp"
#include "sim/choice.hpp"
#include "sim/client/simulated_client_environment.hpp"
#include "sim/prng.hpp"

namespace cmap::sim {
namespace {

constexpr std::size_t members_of_set = 3;
/// More than is left to do when all clients are closed.
constexpr int most_steps_to_rest = 100'000;

DeploymentOptions deployment_options(const ClientWorldOptions& options) {
  using Kind = serve::Deployment::Kind;
  DeploymentOptions result;
  switch (options.topology) {
    case Topology::single:
      break;
    case Topology::replica_set:
      result.servers = {
          .kind = Kind::replica_set, .set_name = test_set_name, .members = members_of_set};
      break;
    case Topology::sharded:
      result.servers = {.kind = Kind::load_balanced, .services = 0};
      break;
    case Topology::load_balanced:
      result.servers.kind = Kind::load_balanced;
      break;
  }
  if (options.authentication) result.users = {{.name = test_user, .password = test_password}};
  return result;
}

wire::Document client_metadata(const std::string& application_name) {
  wire::ClientMetadata metadata({.name = "cmap"}, {});
  // A name that is too long was refused with the connection string.
  static_cast<void>(metadata.set_application_name(application_name));
  return metadata.document();
}

class SimulatedClientWorld final : public ClientWorld {
 public:
  explicit SimulatedClientWorld(const ClientWorldOptions& options)
      : loop_(choices_),
        alarms_(loop_),
        until_(alarms_.take([] {})),
        deployment_(alarms_, deployment_options(options)) {}

  /// Clients are closed: what they left behind ends.
  ~SimulatedClientWorld() override {
    posted_.clear();
    for (int steps = 0; steps < most_steps_to_rest && loop_.step(); ++steps) posted_.clear();
  }

  [[nodiscard]] std::vector<Address> hosts() const override {
    std::vector<Address> hosts;
    for (std::size_t i = 0; i < deployment_.servers().size(); ++i) {
      hosts.push_back(SimulatedDeployment::address(i));
    }
    return hosts;
  }

  [[nodiscard]] TimePoint now() const override { return loop_.now(); }

  std::unique_ptr<Client> make_client(const ConnectionString& connection,
                                      ClientHooks hooks) override {
    wire::EstablishmentOptions handshake{
        .client_metadata = client_metadata(connection.options.app_name),
        .credential = connection.options.credential,
        .load_balanced = connection.options.load_balanced,
        .nonces = [this](std::span<std::uint8_t> bytes) {
          for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(nonces_.below(256));
        }};
    environments_.push_back(std::make_unique<SimulatedClientEnvironment>(
        alarms_, deployment_, choices_, std::move(handshake)));
    return std::make_unique<Client>(connection.hosts, connection.options, *environments_.back(),
                                    std::move(hooks));
  }

  void post(std::function<void()> action) override { posted_.push_back(std::move(action)); }

  void step(TimePoint until) override {
    loop_.arm(until_, until, TimerClass::actor);
    loop_.step();
    loop_.disarm(until_);
    call_posted();
  }

  void settle() override {
    call_posted();
    while (loop_.has_runnable()) {
      loop_.step();
      call_posted();
    }
  }

 private:
  void call_posted() {
    for (const auto& action : std::exchange(posted_, {})) action();
  }

  CanonicalChoices choices_;
  Loop loop_;
  Alarms alarms_;
  Alarm& until_;
  SimulatedDeployment deployment_;
  Prng nonces_{1};
  std::vector<std::unique_ptr<SimulatedClientEnvironment>> environments_;
  std::vector<std::function<void()>> posted_;
};

}  // namespace

std::unique_ptr<ClientWorld> SimulatedClientWorlds::make(const ClientWorldOptions& options) const {
  return std::make_unique<SimulatedClientWorld>(options);
}

}  // namespace cmap::sim
