// Arms an alarm for everything that is planned, and lets the loop run.
#include "sim/client/client_run.hpp"

#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "pool/api/assert.hpp"
#include "pool/client/client.hpp"
#include "pool/wire/bson_builder.hpp"
#include "sim/client/client_checkers.hpp"
#include "sim/client/client_digest.hpp"
#include "sim/client/simulated_client_environment.hpp"

namespace cmap::sim {
namespace {

constexpr std::uint64_t most_steps = 2'000'000;
/// More than an election and the longest wait of a monitor.
constexpr Duration time_to_recover = std::chrono::seconds(30);
constexpr Duration time_for_election = std::chrono::seconds(1);
constexpr Duration time_for_last_call = std::chrono::seconds(6);

constexpr Rule ends_once{"principle 5", "a call has exactly one outcome"};
constexpr Rule ends_in_time{"D-SEL-3, D-CSOT-1",
                            "a call ends by its deadline, a selection by that of selections"};
constexpr Rule suits{"D-SEL-1", "a connection is to a server that suits the operation"};
constexpr Rule recovers{"D-RS-4, D-SEL-3", "after the trouble the client finds what there is"};
constexpr Rule comes_to_rest{"D-SD-9", "after close everything comes to rest"};
constexpr Rule keeps_its_word{"section G", "assertions hold"};

struct BegunCall {
  TimePoint begin;
  std::optional<TimePoint> deadline;
  bool has_ended = false;
};

class ClientRun {
 public:
  ClientRun(const ClientPlan& plan, ChoiceSource& choices)
      : plan_(plan),
        loop_(choices),
        alarms_(loop_),
        deployment_(alarms_, plan.deployment),
        environment_(alarms_, deployment_, choices),
        checkers_(plan.client) {}

  ClientRunResult run() {
    try {
      const AssertionsThrow assertions_throw;
      begin();
      step_until_rest();
    } catch (const std::exception& error) {
      report_.demand(false, keeps_its_word, [&] { return std::string(error.what()); });
    }
    if (!violation()) look_back();
    result_.violation = violation();
    result_.digest = digest_.value();
    result_.end = loop_.now();
    return result_;
  }

 private:
  // --- What happens --------------------------------------------------------------------------

  void begin() {
    ClientHooks hooks;
    hooks.listeners.push_back({.pool = [this](const Event& event) { see(event); },
                               .heartbeat = [this](const HeartbeatEvent& event) { see(event); },
                               .topology = [this](const TopologyEvent& event) { see(event); }});
    hooks.callback_failed = [](std::exception_ptr error) { std::rethrow_exception(error); };
    client_ = std::make_unique<Client>(plan_.seeds, plan_.client, environment_, std::move(hooks));
    client_->open();
    for (const Happening& each : plan_.happenings) at(each.at, [this, &each] { happen(each); });
    for (const ClientCall& each : plan_.calls) at(each.at, [this, &each] { call(each); });
    if (plan_.closes_early) at(*plan_.closes_early, [this] { client_->close(); });
    at(plan_.trouble_ends, [this] { deployment_.heal(); });
    at(plan_.trouble_ends + plan_.deployment.election_time + time_for_election,
       [this] { readmit_all(); });
    at(plan_.trouble_ends + time_to_recover, [this] { look_whether_recovered(); });
    at(plan_.trouble_ends + time_to_recover + time_for_last_call, [this] { client_->close(); });
  }

  void at(Duration time, std::function<void()> action) {
    Alarm& alarm = alarms_.take(std::move(action));
    loop_.arm(alarm, TimePoint(time), TimerClass::actor);
  }

  void happen(const Happening& happening) {
    using Kind = Happening::Kind;
    switch (happening.kind) {
      case Kind::step_down:
        return deployment_.step_down();
      case Kind::kill:
        return deployment_.kill(happening.member);
      case Kind::restart:
        return deployment_.restart(happening.member);
      case Kind::remove:
        return deployment_.configure(happening.member, false);
      case Kind::add:
        return deployment_.configure(happening.member, true);
      case Kind::cut_off:
        return deployment_.cut_off(happening.member, true);
      case Kind::reconnect:
        return deployment_.cut_off(happening.member, false);
      case Kind::slow_down:
        return deployment_.set_latency(happening.member, happening.latency);
      case Kind::shut_down:
        return deployment_.refuse_commands(happening.member);
      case Kind::break_hellos:
        return deployment_.break_hellos(happening.member);
      case Kind::refuse_hellos:
        return deployment_.refuse_hellos(happening.member);
    }
  }

  /// A client that knows none but members that were taken out has no way to hear of the others.
  void readmit_all() {
    for (std::size_t i = 0; i < deployment_.servers().size(); ++i) deployment_.configure(i, true);
  }

  void call(const ClientCall& call) {
    std::optional<TimePoint> deadline;
    if (call.timeout) deadline = loop_.now() + *call.timeout;
    const std::size_t number = begin_call(deadline);
    if (call.kind == ClientCall::Kind::hold) {
      client_->check_out({.selection = call.selection, .deadline = deadline},
                         [this, number, &call](ClientCheckOutResult result) {
                           end_call(number, result.error);
                           if (result.error) return;
                           demand_suitable(number, call.selection, result.connection.address());
                           keep(std::move(result.connection), call.hold);
                         });
      return;
    }
    client_->run_command(
        command(call.kind), {.database = "test", .selection = call.selection, .deadline = deadline},
        [this, number](const ErrorPtr& error, const wire::Document&) { end_call(number, error); });
  }

  std::size_t begin_call(std::optional<TimePoint> deadline) {
    calls_.push_back({.begin = loop_.now(), .deadline = deadline});
    return calls_.size() - 1;
  }

  static wire::Document command(ClientCall::Kind kind) {
    if (kind == ClientCall::Kind::ping) return wire::DocumentBuilder().int32("ping", 1).build();
    const std::vector<wire::Document> documents{wire::DocumentBuilder().int32("x", 1).build()};
    return wire::DocumentBuilder().string("insert", "c").array("documents", documents).build();
  }

  void keep(ClientConnection connection, Duration hold) {
    const auto held = std::make_shared<ClientConnection>(std::move(connection));
    at(loop_.now().time_since_epoch() + hold, [held]() mutable { *held = ClientConnection(); });
  }

  void end_call(std::size_t number, const ErrorPtr& error) {
    BegunCall& call = calls_[number];
    const auto detail = [&] { return "call " + std::to_string(number); };
    report_.demand(!std::exchange(call.has_ended, true), ends_once, detail);
    // Without a deadline of its own only a selection can find the time to be over.
    std::optional<TimePoint> latest = call.deadline;
    if (!latest && error && error->type == ErrorType::server_selection) {
      latest = call.begin + plan_.client.server_selection_timeout;
    }
    report_.demand(!latest || loop_.now() <= *latest, ends_in_time, detail);
    ++(error ? result_.calls_failed : result_.calls_succeeded);
    fold(digest_, loop_.now(), error);
  }

  // --- What is seen --------------------------------------------------------------------------

  void see(const Event& event) {
    ++result_.pool_events;
    if (event.type() == EventType::pool_cleared) ++result_.clears;
    fold_event(digest_, event);
    checkers_.observe(event);
  }
  void see(const HeartbeatEvent& event) {
    ++result_.heartbeat_events;
    fold(digest_, event);
    checkers_.observe(event);
  }
  void see(const TopologyEvent& event) {
    ++result_.topology_events;
    const bool is_closing = client_ && client_->description()->servers.empty();
    if (std::holds_alternative<ServerClosedEvent>(event.body) && !is_closing) ++result_.removed;
    fold(digest_, event);
    checkers_.observe(event);
  }

  // --- What must be --------------------------------------------------------------------------

  void step_until_rest() {
    while (!violation() && loop_.step()) {
      ++result_.steps;
      client_->check_invariants();
      if (result_.steps == most_steps) {
        report_.demand(false, comes_to_rest, [] { return std::string("it goes on without end"); });
      }
    }
  }

  /// The first one: what comes later may only follow from it.
  [[nodiscard]] const std::optional<Violation>& violation() const {
    return report_.failed() ? report_.violation() : checkers_.violation();
  }

  void look_whether_recovered() {
    if (plan_.closes_early) return;
    const TopologyPtr known = client_->description();
    const serve::Deployment& servers = deployment_.servers();
    for (std::size_t i = 0; i < servers.size(); ++i) {
      const ServerDescription* const server = known->find(SimulatedDeployment::address(i));
      const ServerType type =
          servers.is_primary(i) ? ServerType::rs_primary : ServerType::rs_secondary;
      report_.demand(server && server->type == type, recovers, [&] {
        return SimulatedDeployment::address(i).text() + " is " +
               std::string(server ? server_type_name(server->type) : "not known") + ", not " +
               std::string(server_type_name(type));
      });
    }
    report_.demand(known->servers.size() == servers.size(), recovers,
                   [] { return std::string("it knows servers that are not there"); });
    ask_for_primary();
  }

  void ask_for_primary() {
    const TimePoint deadline = loop_.now() + time_for_last_call / 2;
    const std::size_t number = begin_call(deadline);
    client_->check_out({.selection = Selection{.kind = OperationKind::write}, .deadline = deadline},
                       [this, number](const ClientCheckOutResult& result) {
                         end_call(number, result.error);
                         report_.demand(!result.error, recovers,
                                        [&] { return result.error->message; });
                         if (!result.error) demand_primary(result.connection.address());
                       });
  }

  void demand_primary(const Address& server) {
    const auto primary = deployment_.servers().primary();
    report_.demand(primary && SimulatedDeployment::address(*primary) == server, suits,
                   [&] { return "the last call is sent to " + server.text(); });
  }

  /// The server may have changed since it was selected.
  void demand_suitable(std::size_t number, const Selection& selection, const Address& server) {
    const auto was = [&](ServerType type) {
      return checkers_.was_of_type(server, type, calls_[number].begin);
    };
    const ReadPreferenceMode mode = selection.read_preference.mode;
    const bool is_write = selection.kind == OperationKind::write;
    const bool primary = is_write || mode != ReadPreferenceMode::secondary;
    const bool secondary = !is_write && mode != ReadPreferenceMode::primary;
    report_.demand(
        (primary && was(ServerType::rs_primary)) || (secondary && was(ServerType::rs_secondary)),
        suits, [&] { return "call " + std::to_string(number) + ": " + server.text(); });
  }

  void look_back() {
    checkers_.finish();
    if (violation()) return;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      report_.demand(calls_[i].has_ended, ends_once,
                     [&] { return "call " + std::to_string(i) + " has none"; });
    }
    client_.reset();
    report_.demand(deployment_.open_sockets() == 0, comes_to_rest, [&] {
      return std::to_string(deployment_.open_sockets()) + " sockets are left";
    });
    report_.demand(loop_.timers() == 0, comes_to_rest,
                   [&] { return std::to_string(loop_.timers()) + " timers are left"; });
  }

  const ClientPlan& plan_;
  Loop loop_;
  Alarms alarms_;
  SimulatedDeployment deployment_;
  SimulatedClientEnvironment environment_;
  std::unique_ptr<Client> client_;
  ClientCheckers checkers_;
  Report report_;
  Digest digest_;
  std::vector<BegunCall> calls_;
  ClientRunResult result_;
};

}  // namespace

ClientRunResult run_client(const ClientPlan& plan, ChoiceSource& choices) {
  return ClientRun(plan, choices).run();
}

}  // namespace cmap::sim
