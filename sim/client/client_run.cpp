// Arms an alarm for everything that is planned, and lets the loop run.
#include "sim/client/client_run.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "pool/api/assert.hpp"
#include "pool/client/client.hpp"
#include "pool/wire/bson_builder.hpp"
#include "sim/client/client_calls.hpp"
#include "sim/client/client_checkers.hpp"
#include "sim/client/client_digest.hpp"
#include "sim/client/simulated_client_environment.hpp"
#include "sim/prng.hpp"

namespace cmap::sim {
namespace {

constexpr std::uint64_t most_steps = 2'000'000;
/// More than an election and the longest wait of a monitor.
constexpr Duration time_to_recover = std::chrono::seconds(30);
constexpr Duration time_for_election = std::chrono::seconds(1);
constexpr Duration time_for_last_call = std::chrono::seconds(6);

constexpr Rule is_writable{"D-SEL-1", "a write goes to a server that can do it"};
constexpr Rule recovers{"D-RS-4, D-SEL-3", "after the trouble the client finds what there is"};
constexpr Rule comes_to_rest{"D-SD-9", "after close everything comes to rest"};
constexpr Rule keeps_its_word{assertions_clause, "assertions hold"};

// Made once: they cost milliseconds, and are the same in all runs.
const serve::Credentials& credentials() {
  static const serve::Credentials made(
      std::vector<serve::User>{{.name = plan_user, .password = plan_password}});
  return made;
}
const std::shared_ptr<wire::ScramKeyCache>& scram_keys() {
  static const auto cache = std::make_shared<wire::ScramKeyCache>();
  return cache;
}

DeploymentOptions deployment_options(const ClientPlan& plan) {
  DeploymentOptions options = plan.deployment;
  if (!options.users.empty()) options.credentials = &credentials();
  return options;
}

wire::EstablishmentOptions handshake(const ClientPlan& plan, Prng& nonces) {
  return {.credential = plan.client.credential,
          .load_balanced = plan.client.load_balanced,
          .nonces =
              [&nonces](std::span<std::uint8_t> bytes) {
                for (std::uint8_t& byte : bytes)
                  byte = static_cast<std::uint8_t>(nonces.below(256));
              },
          .scram_keys = scram_keys()};
}

class ClientRun {
 public:
  ClientRun(const ClientPlan& plan, ChoiceSource& choices, ClientTrace* trace)
      : plan_(plan),
        trace_(trace),
        loop_(choices),
        alarms_(loop_),
        deployment_(alarms_, deployment_options(plan)),
        environment_(alarms_, deployment_, choices, handshake(plan, nonces_)),
        checkers_(plan.client),
        calls_(plan.client, report_),
        notes_(plan) {}

  ClientRunResult run() {
    attempt([this] {
      begin();
      step_until_rest();
    });
    attempt([this] {
      if (!violation()) look_back();
    });
    attempt([this] { tear_down(); });
    result_.violation = violation();
    result_.digest = digest_.value();
    result_.ingredients = notes_.found();
    result_.end = loop_.now();
    return result_;
  }

 private:
  void attempt(const std::function<void()>& action) {
    try {
      const AssertionsThrow assertions_throw;
      action();
    } catch (const std::exception& error) {
      report_.demand(false, keeps_its_word, [&] { return std::string(error.what()); });
    }
  }

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
    if (plan_.closes_early) at(*plan_.closes_early, [this] { close(); });
    at(plan_.trouble_ends, [this] {
      note([] { return std::string("all is well again"); });
      deployment_.heal();
    });
    at(plan_.trouble_ends + plan_.deployment.election_time + time_for_election,
       [this] { readmit_all(); });
    at(plan_.trouble_ends + time_to_recover, [this] { look_whether_recovered(); });
    at(plan_.trouble_ends + time_to_recover + time_for_last_call, [this] { close(); });
  }

  void close() {
    if (!std::exchange(was_closed_, true)) {
      note([] { return std::string("the client is closed"); });
    }
    client_->close();
  }

  template <typename Text>
  void note(const Text& text) {
    if (!trace_) return;
    trace_->push_back(
        {.time = loop_.now().time_since_epoch(), .client = {}, .what = TracedHappening{text()}});
  }

  void at(Duration time, std::function<void()> action) {
    Alarm& alarm = alarms_.take(std::move(action));
    loop_.arm(alarm, TimePoint(time), TimerClass::actor);
  }

  void happen(const Happening& happening) {
    note([&] { return text_of(happening); });
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
      case Kind::lose_configuration:
        return deployment_.lose_configuration();
      case Kind::cut_off:
        return deployment_.cut_off(happening.member, true);
      case Kind::reconnect:
        return deployment_.cut_off(happening.member, false);
      case Kind::slow_down:
        return deployment_.set_latency(happening.member, happening.latency);
      case Kind::trouble:
        return deployment_.set_trouble(happening.member, happening.trouble);
    }
  }

  /// A client that knows none but members that were taken out has no way to hear of the others.
  void readmit_all() {
    const bool any_left = std::ranges::any_of(plan_.happenings, [](const Happening& each) {
      return each.kind == Happening::Kind::remove;
    });
    if (any_left) note([] { return std::string("all members are in the set again"); });
    for (std::size_t i = 0; i < deployment_.servers().size(); ++i) deployment_.configure(i, true);
  }

  void call(const ClientCall& call) {
    std::optional<TimePoint> deadline;
    if (call.timeout) deadline = loop_.now() + *call.timeout;
    const std::size_t number = begin_call(call.selection(), deadline);
    note([&] { return call_text(number) + ": " + text_of(call); });
    cancel_calls_.push_back(call.is_held() ? check_out(call, number, deadline)
                                           : run_command(call, number, deadline));
  }

  std::function<void()> check_out(const ClientCall& call, std::size_t number,
                                  std::optional<TimePoint> deadline) {
    return client_->check_out({.selection = call.selection(), .deadline = deadline},
                              [this, number, &call](ClientCheckOutResult result) {
                                end_call(number, result.error);
                                if (is_over_ || result.error) return;
                                calls_.check_destination(number, result.connection.address());
                                checkers_.hold(result.connection.address(), result.connection.id());
                                keep(std::move(result.connection), call.hold);
                              });
  }

  std::function<void()> run_command(const ClientCall& call, std::size_t number,
                                    std::optional<TimePoint> deadline) {
    return client_->run_command(
        command(call.kind),
        {.database = "test", .selection = call.selection(), .deadline = deadline},
        [this, number](const ErrorPtr& error, const wire::Document&) {
          end_call(number, error);
          if (error && !is_over_) checkers_.command_failed(error, loop_.now());
        });
  }

  std::size_t begin_call(const Selection& selection, std::optional<TimePoint> deadline) {
    calls_.observe(client_->description());
    return calls_.begin(selection, deadline, loop_.now());
  }

  static wire::Document command(ClientCall::Kind kind) {
    if (kind == ClientCall::Kind::ping) return wire::DocumentBuilder().int32("ping", 1).build();
    const std::vector<wire::Document> documents{wire::DocumentBuilder().int32("x", 1).build()};
    return wire::DocumentBuilder().string("insert", "c").array("documents", documents).build();
  }

  void keep(ClientConnection connection, Duration hold) {
    const auto held = held_.insert(held_.end(), std::move(connection));
    at(loop_.now().time_since_epoch() + hold, [this, held] { held_.erase(held); });
  }

  void end_call(std::size_t number, const ErrorPtr& error) {
    if (is_over_) return;
    calls_.end(number, error, loop_.now());
    ++(error ? result_.calls_failed : result_.calls_succeeded);
    fold(digest_, loop_.now(), error);
    note([&] { return call_text(number) + ": " + (error ? error->message : std::string("done")); });
    if (error) notes_.note_error(*error, *client_->description());
  }

  // --- What is seen --------------------------------------------------------------------------

  void see(const Event& event) {
    if (is_over_) return;
    if (trace_) trace_->push_back(traced(event, TimePoint{}));
    ++result_.pool_events;
    if (event.type() == EventType::pool_cleared) ++result_.clears;
    fold_event(digest_, event);
    checkers_.observe(event);
    calls_.observe(event);
    notes_.observe(event);
  }
  void see(const HeartbeatEvent& event) {
    if (is_over_) return;
    if (trace_) trace_->push_back(traced(event, TimePoint{}));
    ++result_.heartbeat_events;
    fold(digest_, event);
    checkers_.observe(event);
    notes_.observe(event);
  }
  void see(const TopologyEvent& event) {
    if (is_over_) return;
    if (trace_) trace_->push_back(traced(event, TimePoint{}));
    ++result_.topology_events;
    const bool is_closing = client_ && client_->description()->servers.empty();
    if (std::holds_alternative<ServerClosedEvent>(event.body) && !is_closing) ++result_.removed;
    fold(digest_, event);
    checkers_.observe(event);
    notes_.observe(event);
  }

  // --- What must be --------------------------------------------------------------------------

  void step_until_rest() {
    while (!violation() && loop_.step()) {
      ++result_.steps;
      client_->check_invariants();
      calls_.observe(client_->description());
      if (!loop_.has_runnable()) calls_.check_waiting();
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
    std::size_t expected = 0;
    for (std::size_t i = 0; i < deployment_.servers().size(); ++i) {
      const Address address = SimulatedDeployment::address(i);
      if (plan_.client.direct_connection && address != plan_.seeds.front()) continue;
      ++expected;
      const ServerDescription* const server = known->find(address);
      const ServerType type = type_of(i);
      report_.demand(server && server->type == type, recovers, [&] {
        return address.text() + " is " +
               std::string(server ? server_type_name(server->type) : "not known") + ", not " +
               std::string(server_type_name(type));
      });
    }
    report_.demand(known->servers.size() == expected, recovers,
                   [] { return std::string("it knows servers that are not there"); });
    ask_for_last_connection();
  }

  /// As the client has to see it.
  [[nodiscard]] ServerType type_of(std::size_t member) const {
    using Kind = serve::Deployment::Kind;
    if (plan_.has_wrong_set_name()) return ServerType::unknown;
    const serve::Deployment& servers = deployment_.servers();
    switch (servers.kind()) {
      case Kind::standalone:
        return ServerType::standalone;
      case Kind::replica_set:
        return servers.is_primary(member) ? ServerType::rs_primary : ServerType::rs_secondary;
      case Kind::load_balanced:
        return plan_.client.load_balanced ? ServerType::load_balancer : ServerType::mongos;
    }
    return ServerType::unknown;
  }

  void ask_for_last_connection() {
    const TimePoint deadline = loop_.now() + time_for_last_call / 2;
    const Selection selection{.kind = OperationKind::write};
    const std::size_t number = begin_call(selection, deadline);
    note([&] { return call_text(number) + ": the last check-out (write)"; });
    client_->check_out(
        {.selection = selection, .deadline = deadline},
        [this, number](const ClientCheckOutResult& result) {
          if (is_over_) return;
          end_call(number, result.error);
          report_.demand(plan_.has_wrong_set_name() == bool(result.error), recovers, [&] {
            return result.error ? result.error->message : "there is a server of the wrong set";
          });
          if (!result.error) demand_writable(number, result.connection.address());
        });
  }

  void demand_writable(std::size_t number, const Address& server) {
    calls_.check_destination(number, server);
    if (plan_.client.direct_connection) return;
    const auto member = deployment_.servers().member_of(server.text());
    report_.demand(member && deployment_.servers().is_primary(*member), is_writable,
                   [&] { return "the last call is sent to " + server.text(); });
  }

  void look_back() {
    checkers_.finish();
    if (violation()) return;
    calls_.finish();
    client_.reset();
    report_.demand(deployment_.open_sockets() == 0, comes_to_rest, [&] {
      return std::to_string(deployment_.open_sockets()) + " sockets are left";
    });
    report_.demand(loop_.timers() == 0, comes_to_rest,
                   [&] { return std::to_string(loop_.timers()) + " timers are left"; });
  }

  // --- The end -------------------------------------------------------------------------------

  /// A run that breaks a clause ends in the middle. What is in use then needs the world to end, and
  /// holds what holds it: a command under way its connection, the connection its pool.
  void tear_down() {
    is_over_ = true;
    held_.clear();
    for (const auto& cancel : cancel_calls_) cancel();
    if (client_) client_->close();
    deliver_all();
    client_.reset();
    deliver_all();
    result_.sockets_left = deployment_.open_sockets();
  }

  void deliver_all() {
    const auto queue = environment_.make_delivery_queue();
    while (queue->deliver_one() > 0) {
    }
  }

  const ClientPlan& plan_;
  ClientTrace* const trace_;
  Loop loop_;
  Alarms alarms_;
  SimulatedDeployment deployment_;
  Prng nonces_{1};
  SimulatedClientEnvironment environment_;
  std::unique_ptr<Client> client_;
  std::list<ClientConnection> held_;                 ///< by calls
  std::vector<std::function<void()>> cancel_calls_;  ///< also of those that have ended
  bool was_closed_ = false;
  bool is_over_ = false;  ///< nobody looks any more
  ClientCheckers checkers_;
  Report report_;
  Digest digest_;
  ClientCalls calls_;
  IngredientNotes notes_;
  ClientRunResult result_;
};

}  // namespace

ClientRunResult run_client(const ClientPlan& plan, ChoiceSource& choices, ClientTrace* trace) {
  return ClientRun(plan, choices, trace).run();
}

}  // namespace cmap::sim
