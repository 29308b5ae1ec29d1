// What a run of a client contained: for each there are bugs that nothing else shows.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "pool/api/events.hpp"
#include "pool/client/heartbeat_events.hpp"
#include "pool/topology/topology_events.hpp"
#include "sim/client/client_plan.hpp"

namespace cmap::sim {

/// In an order that stays; ingredient_name says what each is.
enum class ClientIngredient : std::uint8_t {
  // What there is.
  standalone,
  one_router,
  several_routers,
  one_service,
  several_services,
  set_of_one,
  set_of_several,
  unnamed_set,
  direct_connection,
  direct_to_other_set,
  // What the client is.
  streams,
  polls,
  authenticates,
  timeout,
  socket_timeout,
  no_connect_timeout,
  max_connecting,
  wait_queue_timeout,
  closes_early,
  // Checks.
  check_times_out,
  check_breaks,
  check_is_refused,
  check_is_cancelled,
  check_brings_news,
  // What becomes of servers.
  broken_in_use,
  authentication_fails,
  authentication_breaks,
  authentication_times_out,
  hello_is_refused,
  shuts_down,
  recovers,
  not_primary,
  error_with_version,
  newer_primary,
  older_election,
  older_set_version,
  ghost,
  member_removed,
  member_added,
  no_primary,
  // What becomes of pools.
  interrupting_clear,
  service_cleared,
  several_clears,
  second_pool,
  stale_connection,
  idle_connection,
  overloaded,
  error_of_older_generation,
  // What becomes of calls.
  old_error_ignored,
  timeout_in_use,
  harmless_error,
  no_server_in_time,
  no_connection_in_time,
  queue_times_out,
  pool_was_cleared,
  client_was_closed,
  last,
};
inline constexpr auto client_ingredient_count = static_cast<std::size_t>(ClientIngredient::last);

std::string_view ingredient_name(ClientIngredient ingredient);

/// By their numbers.
using ClientIngredients = std::bitset<client_ingredient_count>;

/// Give it all that happens in one run.
class IngredientNotes {
 public:
  explicit IngredientNotes(const ClientPlan& plan);

  void observe(const Event& event);
  void observe(const HeartbeatEvent& event);
  void observe(const TopologyEvent& event);
  /// A call ends with it; `known`: what the client knows by now.
  void note_error(const Error& error, const TopologyDescription& known);

  [[nodiscard]] const ClientIngredients& found() const { return found_; }

 private:
  struct Pool {
    std::uint64_t clears = 0;
    std::map<ConnectionId, std::uint64_t> created_after;  ///< so many clears
  };

  void note(ClientIngredient ingredient, bool is_there = true) {
    if (is_there) found_.set(static_cast<std::size_t>(ingredient));
  }
  void note_deployment(const ClientPlan& plan);
  void note_closed(const Pool& pool, const ConnectionClosedEvent& event);
  void note_unknown(const Error& error, const ServerDescription& before);

  ClientIngredients found_;
  std::map<std::string, Pool> pools_;               ///< by address
  std::optional<std::int64_t> newest_set_version_;  ///< of a primary
  bool is_opening_ = true;                          ///< what there is now was given, not found
};

}  // namespace cmap::sim
