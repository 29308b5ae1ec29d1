// A deployment on the virtual clock: its servers, what becomes of them, and the network to them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pool/api/address.hpp"
#include "sim/client/alarms.hpp"
#include "sim/real/serve/model/model.hpp"

namespace cmap::sim {

class SimulatedSocket;
class SocketListener;

struct DeploymentOptions {
  serve::Deployment::Options servers{};
  /// If there are any, commands are refused to whoever is none of them.
  std::vector<serve::User> users{};
  /// From the end of one primary to the next one.
  Duration election_time = std::chrono::milliseconds(300);
  /// Of a message in one direction, unless a member is slow.
  Duration latency = std::chrono::milliseconds(1);
  /// What is sent on which socket, as they are numbered from 1 in the order of their opening.
  std::function<void(std::uint64_t socket, const serve::Request& request)> on_request{};
};

/// The servers answer as the model of `cmap serve` does. Everything happens on the loop.
class SimulatedDeployment {
 public:
  /// `alarms` must outlive it.
  SimulatedDeployment(Alarms& alarms, const DeploymentOptions& options);
  ~SimulatedDeployment();
  SimulatedDeployment(const SimulatedDeployment&) = delete;
  SimulatedDeployment& operator=(const SimulatedDeployment&) = delete;

  /// "m0:27017", "m1:27017", ...
  [[nodiscard]] static Address address(std::size_t member);
  [[nodiscard]] const serve::Deployment& servers() const { return model_.deployment; }

  // What becomes of the servers. What cannot happen now does nothing.
  void step_down();
  /// Its connections break, and nobody listens, until `restart`.
  void kill(std::size_t member);
  void restart(std::size_t member);
  void configure(std::size_t member, bool in_set);
  /// Nothing comes through in either direction; what is under way comes when it is over.
  void cut_off(std::size_t member, bool cut_off);
  void set_latency(std::size_t member, Duration latency);
  /// In place of the one there was; what has been struck by that one goes on.
  void set_fail_point(std::size_t member, FailPoint fail_point);
  /// The next commands but hello are answered as by a server that shuts down.
  void refuse_commands(std::size_t member);
  /// The next hellos, of monitors and of pools, end their connections.
  void break_hellos(std::size_t member);
  /// The next hellos, of monitors and of pools, are answered as by a server that recovers.
  void refuse_hellos(std::size_t member);
  /// All members are there, in touch and as fast as at first.
  void heal();

  /// To the member that is called `address`; to no member: nobody answers its name. It is given
  /// back, not destroyed.
  SimulatedSocket& connect(const Address& address, SocketListener& listener);
  void give_back(SimulatedSocket& socket);
  [[nodiscard]] std::size_t open_sockets() const { return sockets_.size() - free_.size(); }

 private:
  friend class SimulatedSocket;

  struct Network {
    bool cut_off = false;
    Duration latency{};
  };

  void elect_later();
  void tell_news();
  /// Of day, as servers show it.
  [[nodiscard]] wire::Date date() const;
  [[nodiscard]] serve::ModelOptions model_options() const;

  Loop& loop_;
  const DeploymentOptions options_;
  serve::Model model_;
  std::vector<Network> network_;  ///< to each member
  Alarm& election_;
  std::uint64_t told_news_ = 0;
  std::uint64_t connections_ = 0;
  std::vector<std::unique_ptr<SimulatedSocket>> sockets_;  ///< used again
  std::vector<SimulatedSocket*> free_;
};

}  // namespace cmap::sim
