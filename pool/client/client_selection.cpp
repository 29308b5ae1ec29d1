// Server selection: at once, or when a suitable server becomes known, or not in time (D-SEL-1 to
// 3).
#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <utility>

#include "pool/client/client_shell.hpp"
#include "pool/client/read_preference_field.hpp"
#include "pool/guarded_call.hpp"

namespace cmap {
namespace {

/// "secondary, tags dc:ny,rack:1 or none, at most 120 s stale".
std::string text_of(const ReadPreference& preference) {
  std::string text(mode_name(preference.mode));
  const char* separator = ", tags ";
  for (const TagSet& tags : preference.tag_sets) {
    text += std::exchange(separator, " or ");
    const char* comma = "";
    for (const auto& [name, value] : tags) {
      text += std::exchange(comma, ",") + name + ':' + value;
    }
    if (tags.empty()) text += "none";
  }
  if (preference.max_staleness) {
    const auto limit = std::chrono::duration_cast<std::chrono::seconds>(*preference.max_staleness);
    text += ", at most " + std::to_string(limit.count()) + " s stale";
  }
  return text;
}

ErrorPtr selection_failure(ErrorType type, const Address& address, std::string message,
                           ErrorPtr cause = nullptr) {
  return std::make_shared<const Error>(Error{
      .type = type, .message = std::move(message), .address = address, .cause = std::move(cause)});
}

}  // namespace

/// An operation that is under way, for as long as it lives.
class ClientShell::Operation {
 public:
  Operation(std::weak_ptr<ClientShell> client, Address address)
      : client_(std::move(client)), address_(std::move(address)) {}
  ~Operation() {
    if (const auto client = client_.lock()) client->end_operation(address_);
  }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

 private:
  const std::weak_ptr<ClientShell> client_;
  const Address address_;
};

void ClientShell::end_operation(const Address& address) {
  const std::lock_guard lock(mutex_);
  operations_.end(address);
}

std::optional<TimePoint> ClientShell::operation_deadline(std::optional<TimePoint> given) const {
  if (given || !options_.timeout || *options_.timeout == Duration::zero()) return given;
  return saturating_sum(environment_.now(), *options_.timeout);
}

CommandOptions ClientShell::command_options(const ClientCommand& command,
                                            std::optional<TimePoint> deadline) const {
  CommandOptions options{
      .database = command.database, .deadline = deadline, .server_api = identity_.server_api};
  const Duration limit = options_.socket_timeout.value_or(Duration::zero());
  if (!options_.timeout && limit > Duration::zero()) {
    options.socket_deadline = saturating_sum(environment_.now(), limit);
  }
  return options;
}

ErrorPtr ClientShell::too_late_for(const CommandOptions& options,
                                   const ClientConnection& connection) const {
  if (!options.deadline) return nullptr;
  const TimePoint answered = saturating_sum(environment_.now(), connection.min_round_trip_time());
  if (answered < *options.deadline) return nullptr;
  return deadline_exceeded_error(connection.address(), "before its command was sent");
}

SelectionRequest ClientShell::selection_for(const ClientCheckOut& request,
                                            const std::atomic<bool>* is_cancelled) const {
  const std::optional<TimePoint> whole = operation_deadline(request.deadline);
  const TimePoint limit = std::min(
      saturating_sum(environment_.now(), options_.server_selection_timeout), whole.value_or(never));
  SelectionRequest wanted{.selection = request.selection.value_or(
                              Selection{.read_preference = options_.read_preference}),
                          .deadline = limit,
                          .operation = std::string(request.operation),
                          .is_cancelled = is_cancelled};
  if (whole || options_.timeout) wanted.check_out_deadline = limit;
  return wanted;
}

void ClientShell::begin_again(SelectionRequest& request) const {
  if (request.check_out_deadline) return;
  request.deadline = saturating_sum(environment_.now(), options_.server_selection_timeout);
}

std::optional<SelectionResult> ClientShell::select_at_once(const SelectionRequest& request) {
  const std::lock_guard lock(mutex_);
  if (!opened_ || selections_are_watched_) return std::nullopt;
  return try_to_select(request, environment_.now());
}

void ClientShell::select(const SelectionRequest& request, SelectionDone done) {
  transit(true, [&](TimePoint now) {
    open(now);
    WaitingSelection& waiting =
        selections_.emplace_back(WaitingSelection{.request = request, .done = std::move(done)});
    announce(waiting, SelectionStartedEvent{}, now);
  });
}

void ClientShell::serve_cancelled() {
  transit(true, [](TimePoint) {});
}

/// Those that wait, in their order. True if monitors have to do something about it.
bool ClientShell::serve_selections(TimePoint now) {
  for (auto waiting = selections_.begin(); waiting != selections_.end();) {
    if (auto result = try_to_select(waiting->request, now)) {
      announce_outcome(*waiting, *result, now);
      finish(*waiting, *std::move(result));
      waiting = selections_.erase(waiting);
    } else {
      if (!std::exchange(waiting->said_to_wait, true)) {
        announce(*waiting, SelectionWaitingEvent{waiting->request.deadline - now}, now);
      }
      ++waiting;
    }
  }
  if (selections_.empty()) return false;
  bool any = false;
  for (const auto& watch : watches_) {
    watch->monitor.request_check(now);
    any = any || !watch->outbox.empty();
  }
  return any;
}

std::optional<SelectionResult> ClientShell::try_to_select(const SelectionRequest& request,
                                                          TimePoint now) {
  const TopologyDescription& topology = *topology_.description();
  if (request.is_cancelled && *request.is_cancelled) {
    return SelectionResult{{}, cancelled_error(first_host())};
  }
  if (closed_) {
    return SelectionResult{
        {}, selection_failure(ErrorType::pool_closed, first_host(), "The client is closed")};
  }
  if (auto error = selection_error(topology, request.selection, options_.heartbeat_frequency)) {
    return SelectionResult{{}, selection_failure(ErrorType::usage, first_host(), *error)};
  }
  const auto servers =
      in_latency_window(suitable_servers(topology, request.selection, options_.heartbeat_frequency),
                        options_.local_threshold);
  if (servers.empty()) {
    if (now < request.deadline) return std::nullopt;
    return SelectionResult{{}, no_server_in_time(request)};
  }
  const ServerPtr chosen = choose_server(
      servers, operations_, [this](std::size_t count) { return environment_.choose(count); });
  operations_.begin(chosen->address);
  return SelectionResult{
      SelectedServer{
          .pool = find_pool(chosen->address),
          .operation = std::make_shared<Operation>(weak_from_this(), chosen->address),
          .to_say = read_preference_to_say(request.selection, topology.type, chosen->type),
          .min_round_trip_time = chosen->minimum_round_trip_time,
          .deadline = request.check_out_deadline},
      nullptr};
}

ErrorPtr ClientShell::no_server_in_time(const SelectionRequest& request) const {
  const TopologyDescription& topology = *topology_.description();
  ErrorPtr cause;
  for (const ServerPtr& server : topology.servers) {
    if (server->error && !cause) cause = server->error;
  }
  ErrorPtr error = selection_failure(
      ErrorType::server_selection, first_host(),
      no_server_suits(request)->message + "; seen was " + text_of(topology), std::move(cause));
  if (!request.check_out_deadline) return error;
  return deadline_exceeded_error(first_host(), std::move(error));
}

ErrorPtr ClientShell::no_server_suits(const SelectionRequest& request) const {
  const bool reads = request.selection.kind == OperationKind::read;
  const std::string wanted =
      reads ? "reads (" + text_of(request.selection.read_preference) + ")" : "writes";
  return selection_failure(ErrorType::server_selection, first_host(),
                           "No server suitable for " + wanted + " was found in time");
}

void ClientShell::announce(const WaitingSelection& waiting, SelectionEventBody body,
                           TimePoint now) {
  if (!selections_are_watched_) return;
  announce(&ClientListener::selection, SelectionEvent{.time = now,
                                                      .operation = waiting.request.operation,
                                                      .selection = waiting.request.selection,
                                                      .topology = topology_.description(),
                                                      .body = std::move(body)});
}

void ClientShell::announce_outcome(const WaitingSelection& waiting, const SelectionResult& result,
                                   TimePoint now) {
  if (!selections_are_watched_) return;
  if (result.server) {
    announce(waiting, SelectionSucceededEvent{result.server->pool->address()}, now);
  } else {
    const bool was_late = result.error->type == ErrorType::server_selection ||
                          result.error->type == ErrorType::deadline_exceeded;
    announce(waiting,
             SelectionFailedEvent{was_late ? no_server_suits(waiting.request) : result.error}, now);
  }
}

void ClientShell::finish(WaitingSelection& waiting, SelectionResult result) {
  append([self = shared_from_this(), done = std::move(waiting.done),
          result = std::make_shared<SelectionResult>(std::move(result))] {
    guarded_call([&] { done(std::move(*result)); }, self->callback_failed_);
  });
}

}  // namespace cmap
