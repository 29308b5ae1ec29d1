// The public operations: a selection, a check-out from the selected server's pool, a command.
#include "pool/client/client.hpp"

#include <memory>
#include <utility>

#include "pool/client/awaited.hpp"
#include "pool/client/client_command.hpp"
#include "pool/client/client_shell.hpp"

namespace cmap {
namespace {

void require_no_delivery(const ClientShell& shell) {
  if (!DeliveryQueue::is_delivering_here()) return;
  throw_error(usage_error(shell.first_host(),
                          "A blocking call from inside a listener or a callback would wait for "
                          "itself; use the callback form there"));
}

SelectionResult wait_for_server(ClientShell& shell, const SelectionRequest& request) {
  if (auto at_once = shell.select_at_once(request)) return *std::move(at_once);
  Awaited<SelectionResult> selected;
  shell.select(request, [&](SelectionResult result) { selected.bring(std::move(result)); });
  return selected.wait();
}

/// What waits keeps it alive.
template <typename Run>
std::function<void()> canceller(const std::shared_ptr<Run>& run) {
  return [weak = std::weak_ptr(run)] {
    if (const auto still_there = weak.lock()) still_there->cancel();
  };
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
  SelectionRequest wanted = shell_->selection_for(request);
  for (;;) {
    SelectionResult result = wait_for_server(*shell_, wanted);
    if (result.error) throw_error(std::move(result.error));
    SelectedServer& server = *result.server;
    try {
      return connection_to(server, server.pool->check_out(
                                       {.deadline = server.deadline, .purpose = request.purpose}));
    } catch (const PoolClosedError&) {
      if (shell_->is_closed()) throw;  // else its server has left: another one is selected
      shell_->begin_again(wanted);
    }
  }
}

std::function<void()> Client::check_out(const ClientCheckOut& request,
                                        std::function<void(ClientCheckOutResult)> callback) {
  const auto run = std::make_shared<ClientCheckOutRun>(shell_, request, std::move(callback));
  run->start();
  return canceller(run);
}

wire::Document Client::run_command(const wire::Document& command, const ClientCommand& options) {
  const auto deadline = shell_->operation_deadline(options.deadline);
  ClientConnection connection = check_out(check_out_for(command, options, deadline));
  const CommandOptions how = shell_->command_options(options, deadline);
  if (ErrorPtr error = shell_->too_late_for(how, connection)) {
    connection.check_in();
    throw_error(std::move(error));
  }
  return cmap::run_command(connection, complete(command, connection), how);
}

std::function<void()> Client::run_command(const wire::Document& command,
                                          const ClientCommand& options, CommandDone done) {
  const auto run = std::make_shared<ClientCommandRun>(shell_, command, options, std::move(done));
  run->start();
  return canceller(run);
}

Subscription Client::subscribe(ClientListener listener) {
  return Subscription(shell_->subscribe(std::move(listener)));
}

TopologyPtr Client::description() const { return shell_->description(); }

std::vector<PoolSnapshot> Client::pools() const { return shell_->pools(); }

void Client::check_invariants() const { shell_->check_invariants(); }

}  // namespace cmap
