// The public operations: a selection, a check-out from the selected server's pool, a command.
#include "pool/client/client.hpp"

#include <stdexcept>
#include <utility>

#include "pool/client/awaited.hpp"
#include "pool/client/client_shell.hpp"
#include "pool/client/read_preference_field.hpp"

namespace cmap {
namespace {

/// On the heap until the pool has answered.
class SelectedReceiver final : public CheckOutReceiver {
 public:
  SelectedReceiver(SelectedServer server, std::function<void(ClientCheckOutResult)> callback)
      : server_(std::move(server)), callback_(std::move(callback)) {}

  void receive(CheckOutResult result) override {
    const std::unique_ptr<SelectedReceiver> self(this);
    if (result.error) {
      server_.operation.reset();
      callback_({.connection = {}, .error = std::move(result.error)});
    } else {
      callback_({.connection = {std::move(result.connection), std::move(server_.operation),
                                std::move(server_.to_say)}});
    }
  }

 private:
  SelectedServer server_;
  const std::function<void(ClientCheckOutResult)> callback_;
};

void require_no_delivery(const ClientShell& shell) {
  if (!DeliveryQueue::is_delivering_here()) return;
  throw_error(usage_error(shell.first_host(),
                          "A blocking call from inside a listener or a callback would wait for "
                          "itself; use the callback form there"));
}

SelectionResult wait_for_server(ClientShell& shell, const ClientCheckOut& request) {
  if (auto at_once = shell.select_at_once(request)) return *std::move(at_once);
  Awaited<SelectionResult> selected;
  shell.select(request, [&](SelectionResult result) { selected.bring(std::move(result)); });
  return selected.wait();
}

wire::Document complete(const wire::Document& command, const ClientConnection& connection) {
  const auto& preference = connection.read_preference_to_say();
  return preference ? with_read_preference(command, *preference) : command;
}

/// The generic command reads from the primary unless told otherwise.
Selection selection_of(const ClientCommand& options) {
  return options.selection.value_or(Selection{});
}

std::string_view name_of(wire::DocumentView command) {
  const auto first = command.begin();
  return first == command.end() ? std::string_view() : first->key();
}

/// The connection is given back before anybody hears of the outcome.
void run_and_check_in(ClientConnection connection, const wire::Document& command,
                      const CommandOptions& options, const CommandDone& done) {
  const auto kept = std::make_shared<ClientConnection>(std::move(connection));
  try {
    run_command(*kept, complete(command, *kept), options,
                [kept, done](ErrorPtr error, wire::Document reply) {
                  *kept = ClientConnection();
                  done(std::move(error), std::move(reply));
                });
  } catch (const std::length_error& error) {
    done(usage_error(kept->address(), error.what()), {});
  }
}

}  // namespace

Client::Client(std::vector<Address> hosts, const ClientOptions& options,
               ClientEnvironment& environment, ClientHooks hooks)
    : shell_(
          std::make_shared<ClientShell>(std::move(hosts), options, environment, std::move(hooks))) {
  shell_->make_timer();
}

Client::~Client() { close(); }

void Client::open() { shell_->open(); }

void Client::close() { shell_->close(); }

ClientConnection Client::check_out(const ClientCheckOut& request) {
  require_no_delivery(*shell_);
  SelectionResult result = wait_for_server(*shell_, request);
  if (result.error) throw_error(std::move(result.error));
  SelectedServer& server = *result.server;
  return {server.pool->check_out({.deadline = server.deadline, .purpose = request.purpose}),
          std::move(server.operation), std::move(server.to_say)};
}

void Client::check_out(const ClientCheckOut& request,
                       std::function<void(ClientCheckOutResult)> callback) {
  SelectionDone check_out = [purpose = request.purpose,
                             callback = std::move(callback)](SelectionResult result) {
    if (result.error) {
      callback({.connection = {}, .error = std::move(result.error)});
      return;
    }
    SelectedServer& server = *result.server;
    const auto pool = server.pool;
    pool->start_check_out({.deadline = server.deadline, .purpose = purpose},
                          *new SelectedReceiver(std::move(server), callback));
  };
  if (auto at_once = shell_->select_at_once(request)) {
    check_out(*std::move(at_once));
  } else {
    shell_->select(request, std::move(check_out));
  }
}

wire::Document Client::run_command(const wire::Document& command, const ClientCommand& options) {
  const auto deadline = shell_->operation_deadline(options.deadline);
  ClientConnection connection = check_out(
      {.selection = selection_of(options), .deadline = deadline, .operation = name_of(command)});
  return cmap::run_command(connection, complete(command, connection),
                           shell_->command_options(options, deadline));
}

void Client::run_command(const wire::Document& command, const ClientCommand& options,
                         CommandDone done) {
  const auto deadline = shell_->operation_deadline(options.deadline);
  check_out(
      {.selection = selection_of(options), .deadline = deadline, .operation = name_of(command)},
      [shell = shell_, command, options, deadline,
       done = std::move(done)](ClientCheckOutResult result) {
        if (result.error) {
          done(std::move(result.error), {});
        } else {
          run_and_check_in(std::move(result.connection), command,
                           shell->command_options(options, deadline), done);
        }
      });
}

Subscription Client::subscribe(ClientListener listener) {
  return Subscription(shell_->subscribe(std::move(listener)));
}

TopologyPtr Client::description() const { return shell_->description(); }

std::vector<PoolSnapshot> Client::pools() const { return shell_->pools(); }

void Client::check_invariants() const { shell_->check_invariants(); }

}  // namespace cmap
