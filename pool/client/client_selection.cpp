// Server selection: at once, or when a suitable server becomes known, or not in time (D-SEL-1 to
// 3).
#include <algorithm>
#include <utility>

#include "pool/client/client_shell.hpp"
#include "pool/client/read_preference_field.hpp"
#include "pool/guarded_call.hpp"

namespace cmap {
namespace {

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
  const Duration limit = options_.socket_timeout.value_or(Duration::zero());
  if (!deadline && !options_.timeout && limit > Duration::zero()) {
    deadline = saturating_sum(environment_.now(), limit);
  }
  return {.database = command.database, .deadline = deadline, .server_api = identity_.server_api};
}

ClientShell::WaitingSelection ClientShell::selection_for(const ClientCheckOut& request,
                                                         TimePoint now) const {
  const std::optional<TimePoint> whole = operation_deadline(request.deadline);
  const TimePoint limit =
      std::min(saturating_sum(now, options_.server_selection_timeout), whole.value_or(never));
  WaitingSelection waiting{.selection = request.selection.value_or(
                               Selection{.read_preference = options_.read_preference}),
                           .deadline = limit};
  if (whole || options_.timeout) waiting.check_out_deadline = limit;
  return waiting;
}

std::optional<SelectionResult> ClientShell::select_at_once(const ClientCheckOut& request) {
  const std::lock_guard lock(mutex_);
  if (!opened_ || selections_are_watched_) return std::nullopt;
  const TimePoint now = environment_.now();
  return try_to_select(selection_for(request, now), now);
}

void ClientShell::select(const ClientCheckOut& request, SelectionDone done) {
  transit(true, [&](TimePoint now) {
    open(now);
    WaitingSelection& waiting = selections_.emplace_back(selection_for(request, now));
    waiting.operation = request.operation;
    waiting.done = std::move(done);
    announce(waiting, SelectionStartedEvent{}, now);
  });
}

/// Those that wait, in their order. True if monitors have to do something about it.
bool ClientShell::serve_selections(TimePoint now) {
  for (auto waiting = selections_.begin(); waiting != selections_.end();) {
    if (auto result = try_to_select(*waiting, now)) {
      announce_outcome(*waiting, *result, now);
      finish(*waiting, *std::move(result));
      waiting = selections_.erase(waiting);
    } else {
      if (!std::exchange(waiting->said_to_wait, true)) {
        announce(*waiting, SelectionWaitingEvent{waiting->deadline - now}, now);
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

std::optional<SelectionResult> ClientShell::try_to_select(const WaitingSelection& waiting,
                                                          TimePoint now) {
  const TopologyDescription& topology = *topology_.description();
  if (closed_) {
    return SelectionResult{
        {}, selection_failure(ErrorType::pool_closed, first_host(), "The client is closed")};
  }
  if (auto error = selection_error(topology, waiting.selection, options_.heartbeat_frequency)) {
    return SelectionResult{{}, selection_failure(ErrorType::usage, first_host(), *error)};
  }
  const auto servers =
      in_latency_window(suitable_servers(topology, waiting.selection, options_.heartbeat_frequency),
                        options_.local_threshold);
  if (servers.empty()) {
    if (now < waiting.deadline) return std::nullopt;
    return SelectionResult{{}, no_server_in_time(waiting)};
  }
  const ServerPtr chosen = choose_server(
      servers, operations_, [this](std::size_t count) { return environment_.choose(count); });
  operations_.begin(chosen->address);
  return SelectionResult{
      SelectedServer{
          .pool = find_pool(chosen->address),
          .operation = std::make_shared<Operation>(weak_from_this(), chosen->address),
          .to_say = read_preference_to_say(waiting.selection, topology.type, chosen->type),
          .deadline = waiting.check_out_deadline},
      nullptr};
}

ErrorPtr ClientShell::no_server_in_time(const WaitingSelection& waiting) const {
  const TopologyDescription& topology = *topology_.description();
  ErrorPtr cause;
  for (const ServerPtr& server : topology.servers) {
    if (server->error && !cause) cause = server->error;
  }
  return selection_failure(ErrorType::deadline_exceeded, first_host(),
                           no_server_suits(waiting)->message + "; seen was " + text_of(topology),
                           std::move(cause));
}

ErrorPtr ClientShell::no_server_suits(const WaitingSelection& waiting) const {
  const bool reads = waiting.selection.kind == OperationKind::read;
  const std::string wanted =
      reads ? "reads (" + std::string(mode_name(waiting.selection.read_preference.mode)) + ")"
            : "writes";
  return selection_failure(ErrorType::deadline_exceeded, first_host(),
                           "No server suitable for " + wanted + " was found in time");
}

void ClientShell::announce(const WaitingSelection& waiting, SelectionEventBody body,
                           TimePoint now) {
  if (!selections_are_watched_) return;
  announce(&ClientListener::selection, SelectionEvent{.time = now,
                                                      .operation = waiting.operation,
                                                      .selection = waiting.selection,
                                                      .topology = topology_.description(),
                                                      .body = std::move(body)});
}

void ClientShell::announce_outcome(const WaitingSelection& waiting, const SelectionResult& result,
                                   TimePoint now) {
  if (!selections_are_watched_) return;
  if (result.server) {
    announce(waiting, SelectionSucceededEvent{result.server->pool->address()}, now);
  } else {
    const bool was_late = result.error->type == ErrorType::deadline_exceeded;
    announce(waiting, SelectionFailedEvent{was_late ? no_server_suits(waiting) : result.error},
             now);
  }
}

void ClientShell::finish(WaitingSelection& waiting, SelectionResult result) {
  append([self = shared_from_this(), done = std::move(waiting.done),
          result = std::make_shared<SelectionResult>(std::move(result))] {
    guarded_call([&] { done(std::move(*result)); }, self->callback_failed_);
  });
}

}  // namespace cmap
