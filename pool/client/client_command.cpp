// The command is interrupted where it runs, or does not begin.
#include "pool/client/client_command.hpp"

#include <stdexcept>
#include <utility>

#include "pool/client/read_preference_field.hpp"

namespace cmap {

wire::Document complete(const wire::Document& command, const ClientConnection& connection) {
  const auto& preference = connection.read_preference_to_say();
  return preference ? with_read_preference(command, *preference) : command;
}

ClientCheckOut check_out_for(wire::DocumentView command, const ClientCommand& options,
                             std::optional<TimePoint> deadline) {
  const auto first = command.begin();
  return {.selection = options.selection.value_or(Selection{}),
          .deadline = deadline,
          .operation = first == command.end() ? std::string_view() : first->key()};
}

ClientCommandRun::ClientCommandRun(std::shared_ptr<ClientShell> shell, wire::Document command,
                                   ClientCommand options, CommandDone done)
    : shell_(std::move(shell)),
      command_(std::move(command)),
      options_(std::move(options)),
      done_(std::move(done)),
      deadline_(shell_->operation_deadline(options_.deadline)) {}

void ClientCommandRun::start() {
  const auto check_out = std::make_shared<ClientCheckOutRun>(
      shell_, check_out_for(command_, options_, deadline_),
      [self = shared_from_this()](ClientCheckOutResult result) { self->run(std::move(result)); });
  check_out_ = check_out;
  check_out->start();
}

void ClientCommandRun::run(ClientCheckOutResult checked_out) {
  if (checked_out.error) return end(std::move(checked_out.error), {});
  connection_ = std::move(checked_out.connection);
  const CommandOptions how = shell_->command_options(options_, deadline_);
  if (ErrorPtr error = shell_->too_late_for(how, connection_)) return end(std::move(error), {});
  if (is_cancelled_) return end(cancelled_error(connection_.address()), {});
  try {
    run_command(connection_, complete(command_, connection_), how,
                [self = shared_from_this()](ErrorPtr error, wire::Document reply) {
                  self->end(std::move(error), std::move(reply));
                });
  } catch (const std::length_error& error) {
    return end(usage_error(connection_.address(), error.what()), {});
  }
  {
    const std::lock_guard lock(mutex_);
    if (!connection_) return;  // it has ended
    interrupt_ = connection_.interrupter();
  }
  if (is_cancelled_) cancel();
}

/// The connection is given back before anybody hears of the outcome.
void ClientCommandRun::end(ErrorPtr error, wire::Document reply) {
  ClientConnection connection;
  {
    const std::lock_guard lock(mutex_);
    connection = std::move(connection_);
  }
  connection = ClientConnection();
  done_(std::move(error), std::move(reply));
}

void ClientCommandRun::cancel() {
  is_cancelled_ = true;
  if (const auto check_out = check_out_.lock()) check_out->cancel();
  std::function<void()> interrupt;
  {
    const std::lock_guard lock(mutex_);
    interrupt = interrupt_;
  }
  if (interrupt) interrupt();
}

}  // namespace cmap
