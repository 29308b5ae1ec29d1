// Draws a plan; what is drawn first decides what kind of run it is.
#include "sim/client/client_plan.hpp"

#include <array>

#include "sim/prng.hpp"

namespace cmap::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Planner {
 public:
  Planner(std::uint64_t seed, std::size_t size)
      : random_(derive_seed(seed, "client plan")), size_(size) {}

  ClientPlan make() {
    make_deployment();
    make_client();
    plan_.trouble_ends = milliseconds(1000 + below(60'000));
    for (std::size_t i = 0; i < size_; ++i) plan_.happenings.push_back(happening());
    for (std::size_t i = 0; i < 2 * size_; ++i) plan_.calls.push_back(call());
    if (random_.ratio(1, 5)) plan_.closes_early = any_time();
    return std::move(plan_);
  }

 private:
  void make_deployment() {
    serve::Deployment::Options& servers = plan_.deployment.servers;
    servers = {.kind = serve::Deployment::Kind::replica_set,
               .set_name = "rs",
               .members = 1 + below(5),
               .seed = random_.next()};
    plan_.deployment.election_time = milliseconds(below(4) == 0 ? 0 : below(8000));
    plan_.deployment.latency = std::chrono::microseconds(1 + below(3000));
    // From all of them, so that a set whose seeds were removed is found all the same.
    for (std::size_t i = 0; i < servers.members; ++i) {
      plan_.seeds.push_back(SimulatedDeployment::address(i));
    }
  }

  void make_client() {
    ClientOptions& client = plan_.client;
    client.replica_set = "rs";
    client.heartbeat_frequency = milliseconds(500 + below(4) * below(3500));
    client.connect_timeout = milliseconds(100 + below(5000));
    // Bounds a whole check-out with a deadline (D-CSOT-1): enough for a connection.
    client.server_selection_timeout = milliseconds(100 + below(10'000));
    client.local_threshold = milliseconds(below(30));
    client.server_monitoring_mode =
        random_.ratio(1, 3) ? ServerMonitoringMode::poll : ServerMonitoringMode::stream;
    if (random_.ratio(1, 2)) client.socket_timeout = milliseconds(50 + below(3000));
    client.pool.max_pool_size = static_cast<std::int64_t>(1 + below(5));
    if (random_.ratio(1, 2)) client.pool.min_pool_size = 1;
    if (random_.ratio(1, 3)) client.pool.max_idle_time = milliseconds(100 + below(5000));
    if (random_.ratio(1, 3)) client.pool.wait_queue_timeout = milliseconds(1 + below(500));
  }

  Happening happening() {
    using Kind = Happening::Kind;
    constexpr std::array kinds{
        Kind::step_down, Kind::kill,         Kind::kill,         Kind::restart,   Kind::restart,
        Kind::remove,    Kind::add,          Kind::cut_off,      Kind::reconnect, Kind::slow_down,
        Kind::shut_down, Kind::break_hellos, Kind::refuse_hellos};
    return {.kind = kinds.at(below(kinds.size())),
            .at = any_time(),
            .member = below(plan_.deployment.servers.members),
            .latency = milliseconds(below(400))};
  }

  ClientCall call() {
    using Kind = ClientCall::Kind;
    constexpr std::array kinds{Kind::hold, Kind::hold, Kind::ping, Kind::insert};
    constexpr std::array modes{ReadPreferenceMode::primary, ReadPreferenceMode::primary_preferred,
                               ReadPreferenceMode::secondary,
                               ReadPreferenceMode::secondary_preferred,
                               ReadPreferenceMode::nearest};
    ClientCall call{.kind = kinds.at(below(kinds.size())), .at = any_time()};
    call.selection.read_preference.mode = modes.at(below(modes.size()));
    if (call.kind == Kind::insert) call.selection = {.kind = OperationKind::write};
    call.hold = milliseconds(below(2000));
    if (random_.ratio(1, 3)) call.timeout = milliseconds(below(2000));
    return call;
  }

  Duration any_time() { return milliseconds(below(1'000'000)) * trouble() / 1'000'000; }
  [[nodiscard]] std::int64_t trouble() const {
    return std::chrono::duration_cast<milliseconds>(plan_.trouble_ends).count();
  }
  std::size_t below(std::uint64_t bound) { return static_cast<std::size_t>(random_.below(bound)); }

  Prng random_;
  const std::size_t size_;
  ClientPlan plan_;
};

}  // namespace

ClientPlan make_client_plan(std::uint64_t seed, std::size_t size) {
  return Planner(seed, size).make();
}

}  // namespace cmap::sim
