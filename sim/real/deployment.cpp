// hello and buildInfo on every host, until one is found that will do.
#include "sim/real/deployment.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "pool/client/run_command.hpp"
#include "pool/wire/bson_builder.hpp"
#include "sim/real/fail_point_command.hpp"

namespace cmap::sim {
namespace {

/// Real time, for connecting and for each command.
constexpr std::chrono::seconds deployment_patience{10};

wire::Document plain_command(std::string_view name) {
  return wire::DocumentBuilder().int32(name, 1).build();
}

Topology topology_of(wire::DocumentView hello) {
  if (hello.find_string("msg") == "isdbgrid") return Topology::sharded;
  return hello.find_string("setName") ? Topology::replica_set : Topology::single;
}

ServerVersion version_of(wire::DocumentView build_info) {
  ServerVersion version{};
  const auto parts = build_info.find_array("versionArray");
  for (std::size_t i = 0; parts && i < version.size(); ++i) {
    version[i] = parts->find_whole_number(std::to_string(i)).value_or(0);
  }
  return version;
}

std::string sentence_for(const Address& address, const Error& error) {
  const std::string detail = ": " + error.message;
  if (error.type == ErrorType::authentication) {
    return address.text() + " refuses the credentials" + detail;
  }
  if (error.type == ErrorType::command) return address.text() + " refuses a command" + detail;
  return "cannot connect to " + address.text() + detail;
}

}  // namespace

class Deployment::Peer final : public SteadyPeer {
 public:
  explicit Peer(Deployment& deployment) : deployment_(deployment) {}

  [[nodiscard]] Address address() const override { return deployment_.address_; }
  [[nodiscard]] NetworkOptions network_options() const override { return deployment_.network_; }
  void set_fail_point(const FailPoint& fail_point) override {
    deployment_.command(configure_fail_point(fail_point));
  }

 private:
  Deployment& deployment_;
};

Deployment::Deployment(const ConnectionString& connection_string)
    : network_(network_options(connection_string)), environment_(threads_, network_) {
  find_endpoint(connection_string.hosts);
  // What every run ends with. Said now, once, if it needs credentials or is not allowed at all.
  command(configure_fail_point({}));
}

void Deployment::find_endpoint(const std::vector<Address>& hosts) {
  std::string problem;
  std::optional<Address> reached;
  for (const Address& host : hosts) {
    try {
      if (connect(host)) return;
      if (!reached) reached = host;
    } catch (const DeploymentError& error) {
      problem += (problem.empty() ? "" : "; ") + std::string(error.what());
    }
  }
  if (!reached) throw DeploymentError(problem);
  connect(*reached);
}

Deployment::~Deployment() = default;

bool Deployment::connect(const Address& address) {
  address_ = address;
  pool_ = std::make_unique<ConnectionPool>(
      address, PoolOptions{.max_pool_size = 1, .establishment_timeout = deployment_patience},
      environment_);
  const wire::Document hello = command(plain_command("hello"));
  facts_ = {.version = version_of(command(plain_command("buildInfo"))),
            .topology = topology_of(hello)};
  return hello.view().find_flag("isWritablePrimary").value_or(false);
}

wire::Document Deployment::command(const wire::Document& command) {
  try {
    pool_->ready();  // what went wrong before has paused it
    ConnectionHandle connection =
        pool_->check_out({.deadline = environment_.now() + deployment_patience});
    return run_command(connection, command, {.deadline = environment_.now() + deployment_patience});
  } catch (const PoolError& error) {
    throw DeploymentError(sentence_for(address_, error.error()));
  }
}

std::unique_ptr<SteadyPeer> Deployment::make_peer() { return std::make_unique<Peer>(*this); }

}  // namespace cmap::sim
