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
    step_down,           ///< of the primary
    kill,                ///< connections break, nobody listens
    restart,             ///< as a new process
    remove,              ///< from the configuration of the set
    add,                 ///< back into it
    lose_configuration,  ///< with its primary the last change of the configuration is gone
    cut_off,             ///< nothing comes through
    reconnect,           ///< everything does
    slow_down,           ///< messages take `latency`
    trouble,             ///< `trouble` strikes the next commands
  } kind = Kind::step_down;
  Duration at{};
  std::size_t member = 0;
  Duration latency{};
  Trouble trouble{};
  bool operator==(const Happening&) const = default;

  /// Else it is of the whole set, and `member` is 0.
  [[nodiscard]] bool is_of_member() const {
    return kind != Kind::step_down && kind != Kind::lose_configuration;
  }
};

struct ClientCall {
  enum class Kind : std::uint8_t {
    hold,  ///< a check-out, for `hold`
    ping,
    insert,          ///< a write, whatever `mode` is
    hold_for_write,  ///< `hold`, as for a write
  } kind = Kind::hold;
  Duration at{};
  ReadPreferenceMode mode = ReadPreferenceMode::primary;
  Duration hold{};
  std::optional<Duration> timeout{};  ///< of the whole call
  bool operator==(const ClientCall&) const = default;

  [[nodiscard]] bool is_write() const {
    return kind == Kind::insert || kind == Kind::hold_for_write;
  }
  [[nodiscard]] bool is_held() const { return kind == Kind::hold || kind == Kind::hold_for_write; }
  [[nodiscard]] Selection selection() const {
    if (is_write()) return {.kind = OperationKind::write};
    return {.read_preference = {.mode = mode}};
  }
};

/// Trouble ends at a time; then the client has to find everything as it is, and to close.
struct ClientPlan {
  /// Routers (mongos) are of the kind load_balanced: they see no load balancer if the client says
  /// nothing of one.
  DeploymentOptions deployment{};
  std::vector<Address> seeds{};
  ClientOptions client{};
  std::vector<Happening> happenings{};
  std::vector<ClientCall> calls{};
  Duration trouble_ends{};
  /// The client is closed in the middle of it.
  std::optional<Duration> closes_early{};

  /// The client looks for a set of another name, and finds nothing that suits.
  [[nodiscard]] bool has_wrong_set_name() const {
    return client.direct_connection && !client.replica_set.empty() &&
           client.replica_set != deployment.servers.set_name;
  }
};

/// The name and password of everybody who authenticates in a plan.
inline constexpr const char* plan_user = "ada";
inline constexpr const char* plan_password = "pencil";

/// The servers want authentication, and the client can do it.
void authenticate(ClientPlan& plan);

/// The same for the same seed, on every machine. `size`: about how much happens, from 1.
ClientPlan make_client_plan(std::uint64_t seed, std::size_t size = 20);

/// "m1 is killed".
std::string text_of(const Happening& happening);
/// "ping (primary) within 20 ms".
std::string text_of(const ClientCall& call);
/// "1203 ms: m1 is killed", in the order of time; first what kind of deployment and client it is.
std::vector<std::string> plan_lines(const ClientPlan& plan);

}  // namespace cmap::sim
