// One command through a client, without waiting. Internal to the client.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "pool/client/client_check_out.hpp"

namespace cmap {

/// The command as the server of this connection is to get it.
wire::Document complete(const wire::Document& command, const ClientConnection& connection);
/// The generic command reads from the primary unless told otherwise.
/// What it returns is good while the command is.
ClientCheckOut check_out_for(wire::DocumentView command, const ClientCommand& options,
                             std::optional<TimePoint> deadline);

/// Checks out, runs, checks in. Kept alive by whatever it waits for.
class ClientCommandRun final : public std::enable_shared_from_this<ClientCommandRun> {
 public:
  ClientCommandRun(std::shared_ptr<ClientShell> shell, wire::Document command,
                   ClientCommand options, CommandDone done);

  void start();
  /// Ends it with ErrorType::cancelled, unless it has ended. Thread-safe, after `start`.
  void cancel();

 private:
  void run(ClientCheckOutResult checked_out);
  void end(ErrorPtr error, wire::Document reply);

  const std::shared_ptr<ClientShell> shell_;
  const wire::Document command_;
  const ClientCommand options_;
  const CommandDone done_;
  const std::optional<TimePoint> deadline_;
  std::weak_ptr<ClientCheckOutRun> check_out_;
  std::atomic<bool> is_cancelled_ = false;

  std::mutex mutex_;
  // Guarded by mutex_, but for starting the command:
  ClientConnection connection_;
  std::function<void()> interrupt_;  ///< empty: there is nothing to interrupt yet
};

}  // namespace cmap
