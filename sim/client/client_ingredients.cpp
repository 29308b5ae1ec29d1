// One list of names, and one function for each kind of event.
#include "sim/client/client_ingredients.hpp"

#include <algorithm>
#include <array>

#include "pool/topology/state_change.hpp"
#include "sim/client/client_calls.hpp"

namespace cmap::sim {
namespace {

using What = ClientIngredient;

constexpr std::array<std::string_view, client_ingredient_count> ingredient_names{
    "a standalone server",
    "one mongos",
    "several mongos",
    "a load balancer with one service",
    "a load balancer with several services",
    "a replica set of one member",
    "a replica set of several members",
    "a replica set whose name is not given",
    "a direct connection to a member",
    "a direct connection to a member of another set",
    "a client that streams",
    "a client that polls",
    "a client that authenticates",
    "timeoutMS",
    "socketTimeoutMS",
    "connectTimeoutMS 0",
    "maxConnecting",
    "waitQueueTimeoutMS",
    "a client that is closed in the middle of it",
    "a check times out",
    "the connection of a check breaks",
    "a check is answered with an error",
    "a check is cancelled",
    "a check that waits for news succeeds",
    "a connection in use breaks: its server is Unknown",
    "the credential is refused: the server is Unknown",
    "a connection breaks while it authenticates: the server is Unknown",
    "an authentication times out: the server is Unknown",
    "a command of the handshake is answered with an error: the server is Unknown",
    "an error says that the server shuts down: it is Unknown",
    "an error says that the server recovers: it is Unknown",
    "an error says that the server is not primary: it is Unknown",
    "an error with a new topologyVersion marks its server Unknown",
    "a newer primary makes the old one Unknown",
    "a primary of an older election is found",
    "a primary of a newer election has an older configuration",
    "a server without a configuration of its set",
    "a member is removed",
    "a member is added",
    "a replica set without a primary",
    "a pool is cleared with interruption",
    "one service is cleared",
    "a pool is cleared several times",
    "a server that was removed comes back and gets a second pool",
    "a connection is closed as stale",
    "a connection is closed as idle",
    "an establishment fails with the label SystemOverloadedError",
    "a connection from before a clear breaks",
    "an error with an old topologyVersion changes nothing",
    "an operation times out on its connection",
    "an operation is answered with an error that says nothing about the server",
    "no suitable server is found in time",
    "a connection is not there by the deadline of the call",
    "waitQueueTimeoutMS is over",
    "a call fails because its pool is cleared",
    "a call fails because the client is closed",
};

bool has_timed_out(const Error& error) { return error.fault == NetworkFault::timeout; }

}  // namespace

std::string_view ingredient_name(ClientIngredient ingredient) {
  return ingredient_names.at(static_cast<std::size_t>(ingredient));
}

IngredientNotes::IngredientNotes(const ClientPlan& plan) {
  note_deployment(plan);
  const ClientOptions& client = plan.client;
  const bool is_monitored = !client.load_balanced;
  const bool polls = client.server_monitoring_mode == ServerMonitoringMode::poll;
  note(What::streams, is_monitored && !polls);
  note(What::polls, is_monitored && polls);
  note(What::authenticates, client.credential.has_value());
  note(What::timeout, client.timeout.has_value());
  note(What::socket_timeout, client.socket_timeout.has_value());
  note(What::no_connect_timeout, client.connect_timeout == Duration::zero());
  note(What::max_connecting, client.pool.max_connecting.has_value());
  note(What::wait_queue_timeout, client.pool.wait_queue_timeout.has_value());
  note(What::closes_early, plan.closes_early.has_value());
  note(What::direct_connection, client.direct_connection);
  note(What::direct_to_other_set, plan.has_wrong_set_name());
}

void IngredientNotes::note_deployment(const ClientPlan& plan) {
  using Kind = serve::Deployment::Kind;
  const serve::Deployment::Options& servers = plan.deployment.servers;
  const bool is_one = servers.members == 1;
  switch (servers.kind) {
    case Kind::standalone:
      return note(What::standalone);
    case Kind::replica_set:
      note(What::unnamed_set, plan.client.replica_set.empty() && !plan.client.direct_connection);
      return note(is_one ? What::set_of_one : What::set_of_several);
    case Kind::load_balanced:
      if (!plan.client.load_balanced)
        return note(is_one ? What::one_router : What::several_routers);
      return note(servers.services == 1 ? What::one_service : What::several_services);
  }
}

void IngredientNotes::observe(const Event& event) {
  Pool& pool = pools_[event.address.text()];
  const ConnectionId id = connection_of(event.body);
  if (event.type() == EventType::pool_created) {
    note(What::second_pool, pool.clears > 0 || !pool.created_after.empty());
  } else if (event.type() == EventType::connection_created) {
    pool.created_after[id] = pool.clears;
  } else if (event.type() == EventType::pool_cleared) {
    const auto& cleared = *std::get_if<ConnectionPoolClearedEvent>(&event.body);
    note(What::interrupting_clear, cleared.interrupt_in_use_connections.value_or(false));
    note(What::service_cleared, cleared.service_id.has_value());
    note(What::several_clears, ++pool.clears > 1);
  } else if (const auto* closed = std::get_if<ConnectionClosedEvent>(&event.body)) {
    note_closed(pool, *closed);
  }
}

void IngredientNotes::note_closed(const Pool& pool, const ConnectionClosedEvent& event) {
  note(What::stale_connection, event.reason == ConnectionClosedReason::stale);
  note(What::idle_connection, event.reason == ConnectionClosedReason::idle);
  if (!event.error) return;
  note(What::overloaded, has_label(event.error->labels, ErrorLabel::system_overloaded));
  const auto created = pool.created_after.find(event.connection_id);
  // The clear that the error itself has brought comes before.
  const bool is_older = created != pool.created_after.end() && created->second + 1 < pool.clears;
  note(What::error_of_older_generation, is_older && event.error->type == ErrorType::network);
}

void IngredientNotes::observe(const HeartbeatEvent& event) {
  if (const auto* success = std::get_if<ServerHeartbeatSucceededEvent>(&event.body)) {
    return note(What::check_brings_news, success->awaited);
  }
  const auto* failure = std::get_if<ServerHeartbeatFailedEvent>(&event.body);
  if (!failure) return;
  const Error& error = *failure->error;
  note(What::check_is_cancelled, error.type == ErrorType::cancelled);
  note(What::check_is_refused, error.type == ErrorType::command);
  if (error.type != ErrorType::network) return;
  note(has_timed_out(error) ? What::check_times_out : What::check_breaks);
}

void IngredientNotes::observe(const TopologyEvent& event) {
  if (const auto* changed = std::get_if<ServerDescriptionChangedEvent>(&event.body)) {
    note(What::ghost, changed->new_description->type == ServerType::rs_ghost);
    if (changed->new_description->type == ServerType::rs_primary) {
      const auto version = changed->new_description->set_version;
      note(What::older_set_version, version < newest_set_version_);
      newest_set_version_ = std::max(newest_set_version_, version);
    }
    if (const ErrorPtr& error = changed->new_description->error) {
      note_unknown(*error, *changed->previous_description);
    }
  } else if (const auto* topology = std::get_if<TopologyDescriptionChangedEvent>(&event.body)) {
    const std::size_t before = topology->previous_description->servers.size();
    const std::size_t after = topology->new_description->servers.size();
    note(What::member_added, !std::exchange(is_opening_, false) && after > before);
    note(What::member_removed, after > 0 && after < before);
    note(What::no_primary,
         topology->previous_description->type == TopologyType::replica_set_with_primary &&
             topology->new_description->type == TopologyType::replica_set_no_primary);
  }
}

void IngredientNotes::note_unknown(const Error& error, const ServerDescription& before) {
  const auto says = [&](std::string_view text) {
    return error.message.find(text) != std::string::npos;
  };
  note(What::newer_primary, says("newer primary"));
  note(What::older_election, says("electionId/setVersion mismatch"));
  const StateChange change = state_change(error);
  note(What::shuts_down, change == StateChange::shutting_down);
  note(What::recovers, change == StateChange::recovering);
  note(What::not_primary, change == StateChange::not_primary);
  note(What::error_with_version, error.topology_version && before.topology_version);
  note(What::authentication_fails, error.type == ErrorType::authentication);
  note(What::hello_is_refused, error.type == ErrorType::command && change == StateChange::none);
  if (error.type != ErrorType::network || error.labels != ErrorLabel::none) return;
  if (says("authenticat")) {
    note(has_timed_out(error) ? What::authentication_times_out : What::authentication_breaks);
  } else {
    note(What::broken_in_use, !has_timed_out(error));
  }
}

void IngredientNotes::note_error(const Error& error, const TopologyDescription& known) {
  const ServerDescription* const server = known.find(error.address);
  const bool is_known = server && server->type != ServerType::unknown;
  const bool is_state_change = state_change(error) != StateChange::none;
  note(What::old_error_ignored, is_state_change && error.topology_version && is_known);
  note(What::harmless_error, error.type == ErrorType::command && !is_state_change && is_known);
  // A call with a deadline says that it is over, and why; of a command that was not sent nothing
  // else.
  const bool is_late = error.type == ErrorType::deadline_exceeded;
  const Error& why = is_late && error.cause ? *error.cause : error;
  note(What::timeout_in_use, why.type == ErrorType::network && has_timed_out(why) && is_known &&
                                 why.labels == ErrorLabel::none);
  note(What::no_server_in_time, found_no_server(error));
  note(What::no_connection_in_time, is_late && why.type == ErrorType::wait_queue_timeout);
  note(What::queue_times_out, error.type == ErrorType::wait_queue_timeout);
  note(What::pool_was_cleared, error.type == ErrorType::pool_cleared);
  note(What::client_was_closed, error.type == ErrorType::pool_closed);
}

}  // namespace cmap::sim
