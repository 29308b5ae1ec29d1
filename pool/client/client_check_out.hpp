// One check-out through a client, from selecting a server to a connection. Internal to the client.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "pool/client/client_shell.hpp"

namespace cmap {

ClientConnection connection_to(SelectedServer& server, ConnectionHandle handle);

/// Selects a server and checks out from its pool, and does so again where the server leaves the
/// deployment before it has a connection: nothing was sent yet. A limit of the whole operation
/// stays, others begin anew. Kept alive by whatever it waits for.
class ClientCheckOutRun final : public CheckOutReceiver,
                                public std::enable_shared_from_this<ClientCheckOutRun> {
 public:
  using Done = std::function<void(ClientCheckOutResult)>;
  /// `done` is called once, possibly by `start`.
  ClientCheckOutRun(std::shared_ptr<ClientShell> shell, const ClientCheckOut& request, Done done);

  void start();
  /// Ends it with ErrorType::cancelled, unless it has ended. Thread-safe.
  void cancel();

  void receive(CheckOutResult result) override;

 private:
  /// What it waits for in a pool.
  struct Place {
    std::weak_ptr<PoolShell> pool;
    CheckOutRef check_out{};
  };

  void check_out(SelectionResult result);
  void fail(ErrorPtr error);

  const std::shared_ptr<ClientShell> shell_;
  std::atomic<bool> is_cancelled_ = false;
  SelectionRequest wanted_;
  const CheckOutPurpose purpose_;
  const Done done_;

  // One after the other: what selection and pool call back.
  std::optional<SelectedServer> server_;
  std::shared_ptr<ClientCheckOutRun> self_;  ///< while the pool has its address

  std::mutex mutex_;
  // Guarded by mutex_:
  std::uint64_t attempts_ = 0;
  std::optional<Place> place_;
};

}  // namespace cmap
