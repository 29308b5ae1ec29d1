// What happens in one run of a simulated client, as data: to its deployment and by its users.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pool/client/client_options.hpp"
#include "pool/topology/server_selection.hpp"
#include "sim/client/simulated_deployment.hpp"

namespace cmap::sim {

struct Happening {
  enum class Kind : std::uint8_t {
    step_down,      ///< of the primary
    kill,           ///< connections break, nobody listens
    restart,        ///< as a new process
    remove,         ///< from the configuration of the set
    add,            ///< back into it
    cut_off,        ///< nothing comes through
    reconnect,      ///< everything does
    slow_down,      ///< messages take `latency`
    shut_down,      ///< the next commands are answered as by a server that shuts down
    break_hellos,   ///< the next ones end their connections
    refuse_hellos,  ///< the next ones are answered with an error
  } kind = Kind::step_down;
  Duration at{};
  std::size_t member = 0;
  Duration latency{};
};

struct ClientCall {
  enum class Kind : std::uint8_t {
    hold,  ///< a check-out, for `hold`
    ping,
    insert,
  } kind = Kind::hold;
  Duration at{};
  Selection selection{};
  Duration hold{};
  std::optional<Duration> timeout{};  ///< of the whole call
};

/// Trouble ends at a time; then the client has to find everything as it is, and to close.
struct ClientPlan {
  DeploymentOptions deployment{};
  std::vector<Address> seeds{};
  ClientOptions client{};
  std::vector<Happening> happenings{};
  std::vector<ClientCall> calls{};
  Duration trouble_ends{};
  /// The client is closed in the middle of it.
  std::optional<Duration> closes_early{};
};

/// The same for the same seed, on every machine. `size`: about how much happens, from 1.
ClientPlan make_client_plan(std::uint64_t seed, std::size_t size = 20);

/// "1203 ms: m1 is killed", in the order of time.
std::vector<std::string> plan_lines(const ClientPlan& plan);

}  // namespace cmap::sim
