// Selection once more, in its simplest form: without tags and staleness, which plans do not have.
#include "sim/client/client_calls.hpp"

#include <algorithm>
#include <string>

namespace cmap::sim {
namespace {

constexpr Rule ends_once{"principle 5", "a call has exactly one outcome"};
constexpr Rule ends_in_time{"D-SEL-3, D-CSOT-1",
                            "a call ends by its deadline, a selection by that of selections"};
constexpr Rule suits{"D-SEL-1, D-SEL-2",
                     "a connection is to a server that suits the operation, in the latency window"};
constexpr Rule wakes{"D-SEL-3", "a selection ends as soon as a suitable server is known"};

bool suits_selection(const TopologyDescription& topology, const Selection& selection,
                     const ServerDescription& server) {
  const ReadPreferenceMode mode = selection.read_preference.mode;
  const bool is_write = selection.kind == OperationKind::write;
  switch (server.type) {
    case ServerType::rs_primary:
      return topology.type == TopologyType::single || is_write ||
             mode != ReadPreferenceMode::secondary;
    case ServerType::rs_secondary:
      return topology.type == TopologyType::single ||
             (!is_write && mode != ReadPreferenceMode::primary);
    case ServerType::standalone:
    case ServerType::rs_arbiter:
    case ServerType::rs_other:
    case ServerType::rs_ghost:
      return topology.type == TopologyType::single;
    case ServerType::mongos:
    case ServerType::load_balancer:
      return true;
    case ServerType::unknown:
      return false;
  }
  return false;
}

/// There is one of the kind that is preferred: then no other will do.
bool is_second_choice(const TopologyDescription& topology, const Selection& selection,
                      const ServerDescription& server) {
  if (topology.type == TopologyType::single || selection.kind == OperationKind::write) return false;
  const auto is_there = [&](ServerType type) {
    return std::any_of(topology.servers.begin(), topology.servers.end(),
                       [type](const ServerPtr& each) { return each->type == type; });
  };
  const ReadPreferenceMode mode = selection.read_preference.mode;
  if (mode == ReadPreferenceMode::primary_preferred) {
    return server.type == ServerType::rs_secondary && is_there(ServerType::rs_primary);
  }
  return mode == ReadPreferenceMode::secondary_preferred && server.type == ServerType::rs_primary &&
         is_there(ServerType::rs_secondary);
}

bool is_suitable(const TopologyDescription& topology, const Selection& selection,
                 const ServerDescription& server) {
  return suits_selection(topology, selection, server) &&
         !is_second_choice(topology, selection, server);
}

}  // namespace

std::string call_text(std::size_t call) { return "call " + std::to_string(call + 1); }

bool found_no_server(const Error& error) {
  const bool is_late = error.type == ErrorType::deadline_exceeded && error.cause;
  return (is_late ? *error.cause : error).type == ErrorType::server_selection;
}

std::size_t ClientCalls::begin(const Selection& selection, std::optional<TimePoint> deadline,
                               TimePoint now) {
  if (!deadline && options_.timeout) deadline = now + *options_.timeout;
  calls_.push_back({.selection = selection,
                    .begin = now,
                    .deadline = deadline,
                    .first_topology = topologies_.empty() ? 0 : topologies_.size() - 1});
  ++without_server_;
  return calls_.size() - 1;
}

void ClientCalls::end(std::size_t number, const ErrorPtr& error, TimePoint now) {
  Call& call = calls_[number];
  const auto detail = [&] { return call_text(number) + (error ? ": " + error->message : ""); };
  report_.demand(!std::exchange(call.has_ended, true), ends_once, detail);
  // Without a deadline of its own only a selection can find the time to be over.
  std::optional<TimePoint> latest = call.deadline;
  if (!latest && error && error->type == ErrorType::server_selection) {
    latest = std::max(call.begin, last_server_left_) + options_.server_selection_timeout;
  }
  report_.demand(!latest || now <= *latest, ends_in_time, detail);
  const bool is_over = error && (found_no_server(*error) || error->type == ErrorType::pool_closed);
  if (is_over) --without_server_;
}

/// Where the server has left, another one is selected, unless the client is closed, too.
void ClientCalls::observe(const Event& event) {
  if (event.type() == EventType::check_out_started) --without_server_;
  const auto* failed = std::get_if<ConnectionCheckOutFailedEvent>(&event.body);
  if (failed && failed->reason == CheckOutFailedReason::pool_closed) {
    ++without_server_;
    last_server_left_ = event.time;
  }
}

void ClientCalls::observe(const TopologyPtr& topology) {
  if (topologies_.empty() || topologies_.back() != topology) topologies_.push_back(topology);
}

/// It is not known whose check-out has begun: but as many as wait for a server have none.
void ClientCalls::check_waiting() {
  if (without_server_ == 0 || topologies_.empty()) return;
  const TopologyDescription& topology = *topologies_.back();
  std::size_t may_wait = 0;
  for (const Call& call : calls_) {
    if (call.has_ended) continue;
    const bool has_server =
        std::any_of(topology.servers.begin(), topology.servers.end(), [&](const ServerPtr& server) {
          return suits_selection(topology, call.selection, *server);
        });
    if (!has_server) ++may_wait;
  }
  report_.demand(without_server_ <= may_wait, wakes, [&] {
    return std::to_string(without_server_) + " calls wait for a server, " +
           std::to_string(may_wait) + " have to";
  });
}

/// The server may have changed since it was selected.
void ClientCalls::check_destination(std::size_t number, const Address& server) {
  const Call& call = calls_[number];
  const auto first = topologies_.begin() + static_cast<std::ptrdiff_t>(call.first_topology);
  const bool was = std::any_of(first, topologies_.end(), [&](const TopologyPtr& topology) {
    return was_choice(*topology, call.selection, server);
  });
  report_.demand(was, suits, [&] { return call_text(number) + ": " + server.text(); });
}

bool ClientCalls::was_choice(const TopologyDescription& topology, const Selection& selection,
                             const Address& server) const {
  const ServerDescription* const chosen = topology.find(server);
  if (!chosen || !is_suitable(topology, selection, *chosen)) return false;
  const Duration its = chosen->round_trip_time.value_or(Duration::zero());
  return std::all_of(topology.servers.begin(), topology.servers.end(), [&](const ServerPtr& each) {
    return !is_suitable(topology, selection, *each) ||
           its <= each->round_trip_time.value_or(Duration::zero()) + options_.local_threshold;
  });
}

void ClientCalls::finish() {
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    report_.demand(calls_[i].has_ended, ends_once, [&] { return call_text(i) + " has none"; });
  }
}

}  // namespace cmap::sim
