// Every callback goes to the thread of the world before it touches anything.
#include "spec-tests/unified_client.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "pool/client/client_log.hpp"
#include "pool/client/read_preference_field.hpp"
#include "pool/client/run_command.hpp"
#include "pool/client/uri_text.hpp"
#include "pool/topology/state_change.hpp"
#include "pool/wire/bson_builder.hpp"
#include "spec-tests/bson_value.hpp"

namespace cmap::spec_tests {
namespace {

/// Whether a value is given for an option, which is in lower case.
bool gives(const UnifiedEntity& entity, std::string_view option) {
  return lower_case(entity.uri_options).find(option) != std::string::npos;
}

/// As the specification of retryable reads lists them.
bool is_retryable_read(const Error& error) {
  constexpr std::array others{
      6,     // HostUnreachable
      7,     // HostNotFound
      89,    // NetworkTimeout
      134,   // ReadConcernMajorityNotAvailableYet
      262,   // ExceededTimeLimit
      9001,  // SocketException
  };
  return state_change(error) != StateChange::none ||
         (error.type == ErrorType::command &&
          std::find(others.begin(), others.end(), error.code) != others.end());
}

bool is_direct(const UnifiedEntity& entity) { return gives(entity, "directconnection=true"); }

/// The client's own come first; what the deployment needs is added, unless they say it.
std::string options_text(const sim::ClientWorldOptions& world, const UnifiedEntity& entity,
                         Heartbeats heartbeats) {
  using enum sim::Topology;
  std::string text = entity.uri_options;
  const auto add = [&](const std::string& option) { text += (text.empty() ? "" : "&") + option; };
  if (world.topology == replica_set && !is_direct(entity) && !gives(entity, "replicaset=")) {
    add(std::string("replicaSet=") + sim::test_set_name);
  }
  if (world.topology == load_balanced && !gives(entity, "loadbalanced=")) add("loadBalanced=true");
  if (heartbeats == Heartbeats::often && !gives(entity, "heartbeatfrequencyms=")) {
    add("heartbeatFrequencyMS=500");
  }
  return text;
}

std::string connection_text(const sim::ClientWorld& world, const sim::ClientWorldOptions& options,
                            const UnifiedEntity& entity, Heartbeats heartbeats) {
  std::string text = "mongodb://";
  if (options.authentication) {
    text += std::string(sim::test_user) + ":" + sim::test_password + "@";
  }
  const char* comma = "";
  std::vector<Address> hosts = world.hosts();
  if (is_direct(entity)) hosts.resize(1);
  for (const Address& host : hosts) text += std::exchange(comma, ",") + host.text();
  const std::string given = options_text(options, entity, heartbeats);
  return text + (given.empty() ? "/" : "/?" + given);
}

ConnectionString connection_of(const std::string& text) {
  auto parsed = parse_connection_string(text);
  if (!parsed) throw std::runtime_error(parsed.error());
  return *std::move(parsed);
}

/// What became of one document is in the reply, which is `ok: 1`.
ErrorPtr write_error(const Address& address, wire::DocumentView reply) {
  const auto errors = reply.find_array("writeErrors");
  if (!errors || errors->empty()) return nullptr;
  const auto first = errors->begin()->as_document();
  if (!first) return nullptr;
  return std::make_shared<const Error>(
      Error{.type = ErrorType::command,
            .message = std::string(first->find_string("errmsg").value_or("")),
            .address = address,
            .code = static_cast<std::int32_t>(first->find_whole_number("code").value_or(0))});
}

Selection selection_for(const UnifiedCommand& command) {
  const bool writes = command.kind == UnifiedCommand::Kind::write;
  return {.kind = writes ? OperationKind::write : OperationKind::read,
          .read_preference = command.read_preference.value_or(ReadPreference())};
}

}  // namespace

/// One command, until it is done.
struct UnifiedClient::Running {
  UnifiedCommand command;
  UnifiedDone done;
  std::optional<TimePoint> deadline;  ///< of all of it (timeoutMS)
  bool was_tried_again = false;
};

UnifiedClient::UnifiedClient(sim::ClientWorld& world, const sim::ClientWorldOptions& options,
                             const UnifiedEntity& entity, Heartbeats heartbeats, UnifiedTrace trace)
    : world_(world),
      entity_(entity),
      trace_(trace),
      connection_(connection_of(connection_text(world, options, entity, heartbeats))),
      client_(world.make_client(connection_, hooks())) {
  client_->open();
}

ClientHooks UnifiedClient::hooks() {
  const auto observer = [this, world = &world_](const auto& event) {
    world->post([this, event] { observe_event(event); });
  };
  const auto sink = [this, world = &world_](const LogMessage& message) {
    world->post([this, value = log_message_value(message)] { log_messages_.push_back(value); });
  };
  ClientHooks hooks;
  // First: whoever waits for an event finds its log message, too.
  hooks.listeners.push_back(make_log_listener(connection_.options, entity_.logs, sink));
  hooks.listeners.push_back({.pool = observer, .heartbeat = observer, .topology = observer});
  return hooks;
}

template <typename AnyEvent>
void UnifiedClient::observe_event(const AnyEvent& event) {
  if (trace_.entries) trace_.entries->push_back(sim::traced(event, trace_.begin, entity_.id));
  observe(observed_event(event));
}

bool UnifiedClient::has_timeout() const {
  return connection_.options.timeout.value_or(Duration::zero()) > Duration::zero();
}

void UnifiedClient::observe(ObservedEvent event) {
  if (entity_.observed.contains(event.name)) events_.push_back(std::move(event));
}

void UnifiedClient::observe_command(std::string_view event, const Running& running, Value detail,
                                    std::string_view detail_key) {
  if (running.command.name == "configureFailPoint") return;  // as the format has it
  observe({.kind = UnifiedEventKind::command,
           .name = std::string(event),
           .fields = object_of({{detail_key, std::move(detail)},
                                {"commandName", Value(running.command.name)},
                                {"databaseName", Value(running.command.database)}})});
}

void UnifiedClient::run(UnifiedCommand command, UnifiedDone done) {
  const auto running =
      std::make_shared<Running>(Running{.command = std::move(command), .done = std::move(done)});
  if (has_timeout()) {
    running->deadline = saturating_sum(world_.now(), *connection_.options.timeout);
  }
  check_out(running);
}

void UnifiedClient::check_out(const std::shared_ptr<Running>& running) {
  client_->check_out({.selection = selection_for(running->command),
                      .deadline = running->deadline,
                      .operation = running->command.name},
                     [this, running, world = &world_](ClientCheckOutResult result) {
                       const auto checked_out =
                           std::make_shared<ClientCheckOutResult>(std::move(result));
                       world->post([this, running, checked_out] { send(running, checked_out); });
                     });
}

void UnifiedClient::send(const std::shared_ptr<Running>& running,
                         const std::shared_ptr<ClientCheckOutResult>& checked_out) {
  if (checked_out->error) return finish(running, checked_out->error, {});
  UnifiedCommand& command = running->command;
  if (const auto& preference = checked_out->connection.read_preference_to_say()) {
    command.body = with_read_preference(command.body, *preference);
  }
  observe_command("commandStartedEvent", *running, to_value(command.body), "command");
  CommandOptions options{.database = command.database, .deadline = running->deadline};
  const Duration limit = connection_.options.socket_timeout.value_or(Duration::zero());
  // Beside timeoutMS, also one of 0, it has no effect.
  if (!connection_.options.timeout && limit > Duration::zero()) {
    options.socket_deadline = saturating_sum(world_.now(), limit);
  }
  run_command(checked_out->connection, command.body, options,
              [this, running, checked_out, world = &world_](ErrorPtr error, wire::Document reply) {
                world->post([this, running, checked_out, error = std::move(error),
                             reply = std::move(reply)] {
                  checked_out->connection = ClientConnection();  // is checked in
                  receive(running, error, reply);
                });
              });
}

void UnifiedClient::receive(const std::shared_ptr<Running>& running, ErrorPtr error,
                            const wire::Document& reply) {
  if (error) {
    observe_command("commandFailedEvent", *running, Value(error->message), "failure");
  } else {
    has_session_ = true;
    observe_command("commandSucceededEvent", *running, to_value(reply), "reply");
    error = write_error(connection_.hosts.front(), reply);
  }
  finish(running, std::move(error), reply);
}

void UnifiedClient::finish(const std::shared_ptr<Running>& running, ErrorPtr error,
                           const wire::Document& reply) {
  if (error && can_try_again(*running, *error)) {
    running->was_tried_again = true;
    return check_out(running);
  }
  running->done(error, reply);
}

bool UnifiedClient::can_try_again(const Running& running, const Error& error) const {
  const UnusedOptions& options = connection_.options.unused;
  if (running.was_tried_again) return false;
  switch (running.command.kind) {
    case UnifiedCommand::Kind::plain:
      return false;
    case UnifiedCommand::Kind::read:
      if (!options.retry_reads.value_or(true)) return false;
      break;
    case UnifiedCommand::Kind::write:
      // A standalone server cannot tell that it has seen a write before.
      if (!options.retry_writes.value_or(true)) return false;
      if (client_->description()->type == TopologyType::single) return false;
      break;
  }
  // Of writes a server says by a label that they may be tried again.
  const bool is_read = running.command.kind == UnifiedCommand::Kind::read;
  return error.type == ErrorType::network || is_retryable(error) ||
         (is_read && is_retryable_read(error));
}

void UnifiedClient::close(std::function<void()> done) {
  const auto close_now = [this, done = std::move(done)] {
    client_->close();
    done();
  };
  if (!std::exchange(has_session_, false)) return close_now();
  const std::vector<wire::Document> sessions{
      wire::DocumentBuilder().binary("id", wire::bytes_of("0123456789abcdef")).build()};
  run({.name = "endSessions",
       .database = "admin",
       .body = wire::DocumentBuilder().array("endSessions", sessions).build()},
      [close_now](const ErrorPtr&, const wire::Document&) { close_now(); });
}

}  // namespace cmap::spec_tests
