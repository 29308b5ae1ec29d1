// What happens to servers, and who is told of it.
#include "sim/client/simulated_deployment.hpp"

#include <utility>

#include "sim/client/simulated_socket.hpp"

namespace cmap::sim {
namespace {

std::vector<std::string> commands_of(Trouble::Commands commands) {
  switch (commands) {
    case Trouble::Commands::hellos:
      return {"hello", "isMaster"};
    case Trouble::Commands::authentication:
      return {"saslStart", "saslContinue"};
    case Trouble::Commands::operations:
      return {"ping", "insert"};
  }
  return {};
}

}  // namespace

SimulatedDeployment::SimulatedDeployment(Alarms& alarms, const DeploymentOptions& options)
    : loop_(alarms.loop()),
      options_(options),
      model_(model_options()),
      network_(options.servers.members, Network{.latency = options.latency}),
      election_(alarms.take([this] {
        model_.deployment.elect();
        tell_news();
      })) {
  for (std::size_t i = 0; i < network_.size(); ++i) {
    model_.deployment.set_host(i, address(i).text());
  }
}

SimulatedDeployment::~SimulatedDeployment() = default;

Address SimulatedDeployment::address(std::size_t member) {
  return {"m" + std::to_string(member), Address::default_port};
}

void SimulatedDeployment::step_down() {
  if (model_.deployment.step_down()) elect_later();
  tell_news();
}

void SimulatedDeployment::kill(std::size_t member) {
  if (!model_.deployment.alive(member)) return;
  model_.deployment.kill(member);
  for (const auto& socket : sockets_) {
    if (socket->is_with(member)) socket->break_off(NetworkFault::reset);
  }
  elect_later();
  tell_news();
}

void SimulatedDeployment::restart(std::size_t member) {
  if (model_.deployment.alive(member)) return;
  model_.deployment.restart(member);
  elect_later();
  tell_news();
}

void SimulatedDeployment::configure(std::size_t member, bool in_set) {
  if (model_.deployment.configure(member, in_set)) elect_later();
  tell_news();
}

void SimulatedDeployment::lose_configuration() {
  if (model_.deployment.lose_configuration()) elect_later();
  tell_news();
}

void SimulatedDeployment::cut_off(std::size_t member, bool cut_off) {
  if (std::exchange(network_[member].cut_off, cut_off) == cut_off || cut_off) return;
  for (const auto& socket : sockets_) {
    if (socket->is_with(member)) socket->go_on();
  }
}

void SimulatedDeployment::set_latency(std::size_t member, Duration latency) {
  network_[member].latency = latency;
}

void SimulatedDeployment::set_fail_point(std::size_t member, FailPoint fail_point) {
  model_.fail_points[member].set(std::move(fail_point));
}

void SimulatedDeployment::set_trouble(std::size_t member, const Trouble& trouble) {
  using How = Trouble::How;
  FailPoint point{.mode = FailPoint::Mode::times,
                  .count = 3,
                  .fail_commands = commands_of(trouble.commands),
                  .close_connection = trouble.how == How::breaks,
                  .block_connection = trouble.how == How::delays,
                  .block_time = trouble.time};
  if (trouble.how == How::errors) point.error_code = trouble.code;
  model_.fail_points[member].set(std::move(point), trouble.version);
}

void SimulatedDeployment::heal() {
  for (std::size_t i = 0; i < network_.size(); ++i) {
    model_.fail_points[i] = {};
    restart(i);
    cut_off(i, false);
    set_latency(i, options_.latency);
  }
}

SimulatedSocket& SimulatedDeployment::connect(const Address& address, SocketListener& listener) {
  if (free_.empty()) {
    sockets_.push_back(std::make_unique<SimulatedSocket>(*this));
    free_.push_back(sockets_.back().get());
  }
  SimulatedSocket& socket = *free_.back();
  free_.pop_back();
  socket.open(model_.deployment.member_of(address.text()), listener);
  return socket;
}

void SimulatedDeployment::give_back(SimulatedSocket& socket) {
  socket.close();
  free_.push_back(&socket);
}

void SimulatedDeployment::elect_later() {
  loop_.arm(election_, saturating_sum(loop_.now(), options_.election_time), TimerClass::transport);
}

/// Whoever waits for news looks for itself whether it has heard of them.
void SimulatedDeployment::tell_news() {
  if (std::exchange(told_news_, model_.deployment.news()) == model_.deployment.news()) return;
  for (const auto& socket : sockets_) socket->news();
}

serve::ModelOptions SimulatedDeployment::model_options() const {
  serve::ModelOptions model{.deployment = options_.servers,
                            .users = options_.users,
                            .credentials = options_.credentials,
                            .authentication = !options_.users.empty()};
  // Nobody listens in: that they differ is enough.
  model.nonce = [count = 0]() mutable { return "nonce" + std::to_string(++count); };
  return model;
}

wire::Date SimulatedDeployment::date() const {
  constexpr wire::Date start(1'700'000'000'000);
  return start + std::chrono::floor<wire::Date>(loop_.now().time_since_epoch());
}

}  // namespace cmap::sim
