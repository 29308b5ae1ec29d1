// One client in a simulated deployment for tests that say what happens when: calls, events, exact
// times.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "pool/api/assert.hpp"
#include "pool/client/client.hpp"
#include "pool/wire/bson_builder.hpp"
#include "sim/choice.hpp"
#include "sim/client/simulated_client_environment.hpp"
#include "sim/trace.hpp"

namespace cmap::sim {

/// The dullest choices, unless deliveries are to wait until nothing else can happen.
class BenchChoices final : public ChoiceSource {
 public:
  std::uint32_t choose(ChoiceKind, std::span<const Option> options) override {
    if (!deliveries_wait) return 0;
    const auto other = std::ranges::find_if(
        options, [](const Option& each) { return each.action != ActionKind::deliver; });
    return other == options.end() ? 0 : static_cast<std::uint32_t>(other - options.begin());
  }
  bool deliveries_wait = false;
};

/// A call of a client and what it ended with.
struct ClientOutcome {
  std::function<void()> cancel{};
  std::optional<TimePoint> ended{};
  ErrorPtr error{};
  ClientConnection connection{};

  void end(TimePoint now, ErrorPtr its_error) {
    CMAP_ASSERT(!ended);  // a call ends once
    ended = now;
    error = std::move(its_error);
  }
};

/// "50 DeadlineExceededError: WaitQueueTimeoutError": milliseconds, the error, its cause.
inline std::string text_of(const ClientOutcome& outcome) {
  if (!outcome.ended) return "runs";
  std::string text = milliseconds_text(outcome.ended->time_since_epoch()) + " ";
  if (!outcome.error) return text + "ok";
  text += type_name(outcome.error->type);
  if (outcome.error->cause) text += ": " + std::string(type_name(outcome.error->cause->type));
  return text;
}

inline wire::Document ping() { return wire::DocumentBuilder().int32("ping", 1).build(); }

/// Each message takes 1 ms in one direction: a server that is polled is known after 3 ms.
class ClientBench {
 public:
  using Lines = std::vector<std::string>;

  explicit ClientBench(ClientOptions options, const DeploymentOptions& servers = {})
      : deployment(alarms, servers),
        environment(alarms, deployment, choices, handshake(servers)),
        client({SimulatedDeployment::address(0)}, with_polling(std::move(options)), environment,
               hooks()) {}
  ~ClientBench() {
    for (ClientOutcome& outcome : outcomes_) outcome.connection = ClientConnection();
    client.close();
    while (loop.step()) {
    }
    CMAP_ASSERT(deployment.open_sockets() == 0);
  }
  ClientBench(const ClientBench&) = delete;
  ClientBench& operator=(const ClientBench&) = delete;

  static DeploymentOptions replica_set(std::size_t members) {
    return {.servers = {.kind = serve::Deployment::Kind::replica_set,
                        .set_name = "rs",
                        .members = members}};
  }
  static DeploymentOptions with_users() {
    return {.users = {{.name = "ada", .password = "pencil"}}};
  }

  void at(Duration time, std::function<void()> action) {
    loop.arm(alarms.take(std::move(action)), TimePoint(time), TimerClass::actor);
  }
  /// With everything that happens then.
  void run_until(Duration time) {
    bool reached = false;
    at(time, [&] { reached = true; });
    while (!reached && loop.step()) client.check_invariants();
  }

  // Calls, now. Their outcomes live as long as this.
  ClientOutcome& check_out(const ClientCheckOut& request = {}) {
    ClientOutcome& outcome = outcomes_.emplace_back();
    outcome.cancel = client.check_out(request, [this, &outcome](ClientCheckOutResult result) {
      outcome.connection = std::move(result.connection);
      outcome.end(loop.now(), std::move(result.error));
    });
    return outcome;
  }
  ClientOutcome& run(const wire::Document& command = ping(), const ClientCommand& how = {}) {
    ClientOutcome& outcome = outcomes_.emplace_back();
    outcome.cancel =
        client.run_command(command, how, [this, &outcome](ErrorPtr error, const wire::Document&) {
          outcome.end(loop.now(), std::move(error));
        });
    return outcome;
  }

  /// "6 m0 ConnectionReady connectionId=1 duration=3": those with `part` in them.
  [[nodiscard]] Lines lines(std::string_view part = "") const {
    Lines found;
    for (const std::string& line : lines_) {
      if (line.find(part) != std::string::npos) found.push_back(line);
    }
    return found;
  }
  void forget_lines() { lines_.clear(); }

 private:
  /// A server that is waited on for news would be struck by the fail points that are meant for
  /// connections of pools.
  static ClientOptions with_polling(ClientOptions options) {
    if (options.server_monitoring_mode == ServerMonitoringMode::automatic) {
      options.server_monitoring_mode = ServerMonitoringMode::poll;
    }
    return options;
  }
  static wire::EstablishmentOptions handshake(const DeploymentOptions& servers) {
    wire::EstablishmentOptions options{
        .nonces = [](std::span<std::uint8_t> bytes) { std::ranges::fill(bytes, 7); }};
    if (!servers.users.empty()) {
      const serve::User& user = servers.users.front();
      options.credential = wire::Credential{.user = user.name, .password = user.password};
    }
    return options;
  }

  ClientHooks hooks() {
    ClientHooks hooks;
    hooks.listeners.push_back(
        {.pool = [this](const Event& event) { note(event.time, event.address, describe(event)); },
         .heartbeat = [this](const HeartbeatEvent& event) { note(event); },
         .topology = [this](const TopologyEvent& event) { note(event); }});
    hooks.callback_failed = [](std::exception_ptr error) { std::rethrow_exception(error); };
    return hooks;
  }
  void note(const HeartbeatEvent& event) {
    constexpr const char* names[] = {"Started", "Succeeded", "Failed"};
    std::string text = "Heartbeat" + std::string(names[event.body.index()]);
    if (const auto* failed = std::get_if<ServerHeartbeatFailedEvent>(&event.body)) {
      text += " " + failed->error->message;
    }
    note(event.time, event.address, text);
  }
  void note(const TopologyEvent& event) {
    if (const auto* changed = std::get_if<ServerDescriptionChangedEvent>(&event.body)) {
      note(event.time, changed->address,
           "Description " + std::string(server_type_name(changed->new_description->type)));
    } else if (const auto* closed = std::get_if<ServerClosedEvent>(&event.body)) {
      note(event.time, closed->address, "ServerClosed");
    }
  }
  void note(TimePoint time, const Address& address, const std::string& text) {
    lines_.push_back(milliseconds_text(time.time_since_epoch()) + " " + address.host() + " " +
                     text);
    if (on_line) on_line(lines_.back());
  }

  // In the order in which they need each other.
  Lines lines_;
  std::deque<ClientOutcome> outcomes_;

 public:
  std::function<void(const std::string& line)> on_line{};  ///< is called by the listener
  BenchChoices choices;
  Loop loop{choices};
  Alarms alarms{loop};
  SimulatedDeployment deployment;
  SimulatedClientEnvironment environment;
  Client client;
};

}  // namespace cmap::sim
