// Commands on a checked-out connection: a document there, a document back.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "pool/connection_pool.hpp"
#include "pool/wire/bson.hpp"
#include "pool/wire/hello_command.hpp"

namespace cmap {

struct CommandOptions {
  std::string database = "admin";  ///< unless the command says `$db`
  /// Of the operation that it is part of (timeoutMS). The error is then
  /// ErrorType::deadline_exceeded, with what ran out of time as its cause; so it is where the
  /// server says that its own time for the command was over (D-CSOT-5).
  std::optional<TimePoint> deadline{};
  /// Of the reply (socketTimeoutMS); of no effect beside `deadline`. The error is then a network
  /// timeout. With neither nothing is given up.
  std::optional<TimePoint> socket_deadline{};
  std::optional<wire::ServerApi> server_api{};
};

/// Called once: with the reply and no error, or with an error; then the reply is empty, or, if the
/// error is the server's, what it answered.
using CommandDone = std::function<void(ErrorPtr error, wire::Document reply)>;

/// Sends `command` and returns; `done` is called on a thread of the environment, or, where an error
/// is judged, on whichever delivers the events of that. The connection
/// must not be empty, runs one command at a time, and perishes with a network error, with bytes
/// that make no sense, and when its server shuts down; errors, those of `ok: 0` and of a
/// writeConcernError included, are judged before `done` (ConnectionHandle::exchange). A handle that
/// is checked in or destroyed meanwhile closes its connection. Throws std::length_error for a
/// command that is too long.
void run_command(ConnectionHandle& connection, const wire::Document& command,
                 const CommandOptions& options, CommandDone done);

/// The same, waiting. Throws PoolError. Not from a thread that runs the environment: it would wait
/// for itself. From inside a listener or a callback of a pool it is refused (usage).
wire::Document run_command(ConnectionHandle& connection, const wire::Document& command,
                           const CommandOptions& options = {});

}  // namespace cmap
