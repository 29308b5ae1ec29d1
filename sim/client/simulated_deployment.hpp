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
  /// Those of `users`, made before; must outlive the deployment. Null: they are made.
  const serve::Credentials* credentials = nullptr;
  /// From the end of one primary to the next one.
  Duration election_time = std::chrono::milliseconds(300);
  /// Of a message in one direction, unless a member is slow.
  Duration latency = std::chrono::milliseconds(1);
  /// What is sent on which socket, as they are numbered from 1 in the order of their opening.
  std::function<void(std::uint64_t socket, const serve::Request& request)> on_request{};
};

/// What becomes of the next commands of one kind.
struct Trouble {
  enum class Commands : std::uint8_t {
    hellos,          ///< of monitors and of pools
    authentication,  ///< saslStart, saslContinue
    operations,      ///< ping, insert
  } commands = Commands::operations;
  enum class How : std::uint8_t {
    breaks,  ///< their connections end
    errors,  ///< they are answered with `code`
    delays,  ///< they wait for `time`
  } how = How::breaks;
  std::int32_t code = 0;
  serve::ErrorVersion version = serve::ErrorVersion::none;  ///< of errors
  Duration time{};
  bool operator==(const Trouble&) const = default;
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
  /// The primary steps down; who follows does not know of the last change of the configuration.
  void lose_configuration();
  /// Nothing comes through in either direction; what is under way comes when it is over.
  void cut_off(std::size_t member, bool cut_off);
  void set_latency(std::size_t member, Duration latency);
  /// In place of the one there was; what has been struck by that one goes on.
  void set_fail_point(std::size_t member, FailPoint fail_point);
  /// From now on `trouble` strikes the next of its commands: the last trouble of a member counts.
  void set_trouble(std::size_t member, const Trouble& trouble);
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
