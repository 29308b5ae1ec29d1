// Draws a plan; what is drawn first decides what kind of run it is.
#include "sim/client/client_plan.hpp"

#include <array>

#include "sim/prng.hpp"

namespace cmap::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ServersKind = serve::Deployment::Kind;

class Planner {
 public:
  Planner(std::uint64_t seed, std::size_t size)
      : random_(derive_seed(seed, "client plan")), size_(size) {}

  ClientPlan make() {
    make_deployment();
    make_client();
    make_pool_options();
    plan_.trouble_ends = milliseconds(1000 + below(60'000));
    for (std::size_t i = 0; i < size_; ++i) plan_.happenings.push_back(happening());
    for (std::size_t i = 0; i < 2 * size_; ++i) plan_.calls.push_back(call());
    if (random_.ratio(1, 5)) plan_.closes_early = any_time();
    return std::move(plan_);
  }

 private:
  void make_deployment() {
    constexpr std::uint64_t any_number = std::uint64_t{1} << 31;
    plan_.deployment.servers.seed = below(any_number);
    plan_.deployment.election_time = milliseconds(below(4) == 0 ? 0 : below(8000));
    plan_.deployment.latency = std::chrono::microseconds(1 + below(3000));
    make_topology(below(10));
    if (!plan_.seeds.empty()) return;
    // From all of them, so that a set whose seeds were removed is found all the same.
    for (std::size_t i = 0; i < plan_.deployment.servers.members; ++i) {
      plan_.seeds.push_back(SimulatedDeployment::address(i));
    }
  }

  void make_topology(std::size_t kind) {
    serve::Deployment::Options& servers = plan_.deployment.servers;
    ClientOptions& client = plan_.client;
    if (kind == 0) {
      servers.kind = ServersKind::load_balanced;
      servers.services = 1 + below(3);
      client.load_balanced = client.pool.load_balanced = true;  // as a URI sets them
    } else if (kind == 1) {
      servers.kind = ServersKind::load_balanced;
      servers.members = 1 + below(3);
    } else if (kind == 2 && random_.ratio(1, 2)) {
      servers.kind = ServersKind::standalone;
    } else {
      servers.kind = ServersKind::replica_set;
      servers.set_name = "rs";
      servers.members = 1 + below(5);
      if (!random_.ratio(1, 4)) client.replica_set = "rs";
      if (kind == 2) connect_directly();
    }
  }

  void connect_directly() {
    plan_.client.direct_connection = true;
    plan_.seeds = {SimulatedDeployment::address(below(plan_.deployment.servers.members))};
    if (random_.ratio(1, 4)) plan_.client.replica_set = "other";
  }

  void make_client() {
    ClientOptions& client = plan_.client;
    if (random_.ratio(1, 3)) authenticate(plan_);
    client.heartbeat_frequency = milliseconds(500 + below(4) * below(3500));
    client.connect_timeout = milliseconds(100 + below(5000));
    if (random_.ratio(1, 20)) client.connect_timeout = Duration::zero();
    // Bounds a whole check-out with a deadline (D-CSOT-1): enough for a connection.
    client.server_selection_timeout = milliseconds(100 + below(10'000));
    client.local_threshold = milliseconds(below(30));
    client.server_monitoring_mode =
        random_.ratio(1, 3) ? ServerMonitoringMode::poll : ServerMonitoringMode::stream;
    if (random_.ratio(1, 2)) client.socket_timeout = milliseconds(50 + below(3000));
    if (random_.ratio(1, 4)) client.timeout = milliseconds(100 + below(4000));
  }

  void make_pool_options() {
    PoolOptions& pool = plan_.client.pool;
    pool.max_pool_size = static_cast<std::int64_t>(1 + below(5));
    if (random_.ratio(1, 2)) pool.min_pool_size = 1;
    if (random_.ratio(1, 3)) pool.max_connecting = static_cast<std::int64_t>(1 + below(3));
    if (random_.ratio(1, 3)) pool.max_idle_time = milliseconds(100 + below(5000));
    if (random_.ratio(1, 3)) pool.wait_queue_timeout = milliseconds(1 + below(500));
  }

  Happening happening() {
    using Kind = Happening::Kind;
    constexpr std::array kinds{
        Kind::step_down, Kind::kill,      Kind::kill,    Kind::restart,
        Kind::restart,   Kind::remove,    Kind::add,     Kind::lose_configuration,
        Kind::remove,    Kind::cut_off,   Kind::cut_off, Kind::reconnect,
        Kind::slow_down, Kind::slow_down, Kind::trouble, Kind::trouble,
        Kind::trouble,   Kind::trouble,   Kind::trouble};
    Happening drawn{.kind = kinds.at(below(kinds.size())),
                    .at = any_time(),
                    .member = below(plan_.deployment.servers.members)};
    if (!drawn.is_of_member()) drawn.member = 0;
    if (drawn.kind == Kind::slow_down) drawn.latency = milliseconds(below(400));
    if (drawn.kind == Kind::trouble) drawn.trouble = trouble();
    return drawn;
  }

  Trouble trouble() {
    using Commands = Trouble::Commands;
    constexpr std::array commands{Commands::operations, Commands::operations, Commands::hellos,
                                  Commands::authentication};
    constexpr std::array hows{Trouble::How::breaks, Trouble::How::errors, Trouble::How::errors,
                              Trouble::How::delays};
    Trouble drawn{.commands = commands.at(below(commands.size())),
                  .how = hows.at(below(hows.size()))};
    if (drawn.commands == Commands::authentication && plan_.deployment.users.empty()) {
      drawn.commands = Commands::operations;
    }
    if (drawn.how == Trouble::How::delays) drawn.time = milliseconds(below(10'000));
    if (drawn.how == Trouble::How::errors) make_error(drawn);
    return drawn;
  }

  void make_error(Trouble& drawn) {
    constexpr std::array shutting_down{91, 11600};
    constexpr std::array other_state{11602, 13436, 189, 10107, 13435, 10058};
    constexpr std::array versions{serve::ErrorVersion::none, serve::ErrorVersion::older,
                                  serve::ErrorVersion::same, serve::ErrorVersion::newer};
    constexpr int authentication_failed = 18;
    constexpr int unknown_error = 8;
    const std::size_t kind = below(4);
    drawn.code = kind == 0   ? shutting_down.at(below(shutting_down.size()))
                 : kind == 1 ? unknown_error
                             : other_state.at(below(other_state.size()));
    if (drawn.commands == Trouble::Commands::authentication && random_.ratio(1, 2)) {
      drawn.code = authentication_failed;
    }
    if (drawn.commands == Trouble::Commands::operations) {
      drawn.version = versions.at(below(versions.size()));
    }
  }

  ClientCall call() {
    using Kind = ClientCall::Kind;
    constexpr std::array kinds{Kind::hold, Kind::hold,   Kind::hold_for_write, Kind::ping,
                               Kind::ping, Kind::insert, Kind::insert};
    constexpr std::array modes{ReadPreferenceMode::primary, ReadPreferenceMode::primary_preferred,
                               ReadPreferenceMode::secondary,
                               ReadPreferenceMode::secondary_preferred,
                               ReadPreferenceMode::nearest};
    ClientCall call{.kind = kinds.at(below(kinds.size())), .at = any_time()};
    const std::size_t mode = below(modes.size());
    if (!call.is_write()) call.mode = modes.at(mode);
    if (call.is_held()) call.hold = milliseconds(below(2000));
    if (random_.ratio(1, 3)) call.timeout = milliseconds(below(2000));
    return call;
  }

  Duration any_time() { return milliseconds(below(1'000'000)) * trouble_time() / 1'000'000; }
  [[nodiscard]] std::int64_t trouble_time() const {
    return std::chrono::duration_cast<milliseconds>(plan_.trouble_ends).count();
  }
  std::size_t below(std::uint64_t bound) { return static_cast<std::size_t>(random_.below(bound)); }

  Prng random_;
  const std::size_t size_;
  ClientPlan plan_;
};

}  // namespace

void authenticate(ClientPlan& plan) {
  plan.deployment.users = {{.name = plan_user, .password = plan_password}};
  plan.client.credential = wire::Credential{.user = plan_user, .password = plan_password};
}

ClientPlan make_client_plan(std::uint64_t seed, std::size_t size) {
  return Planner(seed, size).make();
}

}  // namespace cmap::sim
