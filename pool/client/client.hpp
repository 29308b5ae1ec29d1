// Client: finds the servers of a deployment, keeps a pool for each, and hands out connections to
// the one that suits (D.1 to D.4, D.8).
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pool/api/errors.hpp"
#include "pool/api/events.hpp"
#include "pool/client/client_environment.hpp"
#include "pool/client/client_options.hpp"
#include "pool/client/heartbeat_events.hpp"
#include "pool/client/run_command.hpp"
#include "pool/client/selection_events.hpp"
#include "pool/connection_pool.hpp"
#include "pool/topology/server_selection.hpp"
#include "pool/topology/topology_events.hpp"

namespace cmap {

class ClientShell;

/// Any of them may be empty. Called in the one order of all events of a client, one at a time; the
/// rules of EventListener apply.
struct ClientListener {
  EventListener pool{};  ///< of all pools
  std::function<void(const HeartbeatEvent&)> heartbeat{};
  TopologyListener topology{};
  /// While there is any, every selection goes through the delivery of events.
  std::function<void(const SelectionEvent&)> selection{};
};

struct ClientHooks {
  /// From the first event on.
  std::vector<ClientListener> listeners{};
  /// As PoolHooks::callback_failed.
  std::function<void(std::exception_ptr)> callback_failed{};
};

struct ClientCheckOut {
  std::optional<Selection> selection{};  ///< nothing: a read, by the client's read preference
  /// Bounds selection and check-out together, in place of timeoutMS (D-CSOT-1).
  std::optional<TimePoint> deadline{};
  CheckOutPurpose purpose = CheckOutPurpose::other;
  /// What it is for, for events of selection: the name of a command. Copied.
  std::string_view operation = "checkOut";
};

/// A connection in use. While it lives, an operation on its server is under way, which selection
/// takes into account (D-SEL-2). As ConnectionHandle; may outlive the client.
class ClientConnection : public ConnectionHandle {
 public:
  ClientConnection() = default;  ///< empty
  ClientConnection(ConnectionHandle handle, std::shared_ptr<void> operation,
                   std::optional<ReadPreference> to_say, Duration min_round_trip_time)
      : ConnectionHandle(std::move(handle)),
        operation_(std::move(operation)),
        read_preference_to_say_(std::move(to_say)),
        min_round_trip_time_(min_round_trip_time) {}

  /// What commands on it must say as `$readPreference`, so that this server answers what it was
  /// selected for. Client::run_command says it; others: with_read_preference.
  [[nodiscard]] const std::optional<ReadPreference>& read_preference_to_say() const {
    return read_preference_to_say_;
  }
  /// To the server and back, when it was selected; 0: not known (D-MON-8).
  [[nodiscard]] Duration min_round_trip_time() const { return min_round_trip_time_; }

 private:
  std::shared_ptr<void> operation_;
  std::optional<ReadPreference> read_preference_to_say_;
  Duration min_round_trip_time_{};
};

/// Exactly one of the two.
struct ClientCheckOutResult {
  ClientConnection connection;
  ErrorPtr error;
};

struct ClientCommand {
  std::string database = "admin";
  /// Nothing: the primary, whatever the client's read preference is (server selection: the generic
  /// command method).
  std::optional<Selection> selection{};
  /// Bounds all of it, in place of timeoutMS and socketTimeoutMS. A command that could not be
  /// answered by then is not sent.
  std::optional<TimePoint> deadline{};
};

/// One pool at one moment.
struct PoolSnapshot {
  Address address;
  PoolState state = PoolState::paused;
  Generation generation = Generation::initial;
  PoolCounts counts;
};

/// A client of one deployment, after the specifications of server discovery, monitoring and
/// selection.
///
/// Thread-safe. Nothing is called back under a lock, and all events of the client, of its pools,
/// its monitors and its topology, have one total order: what ConnectionPool says of delivery holds
/// for all of them. A server that can be selected has a pool that is ready: both change in one
/// transition (D-SD-1, D-SD-2).
///
/// Errors of connections are judged by the topology (D.2): a server is marked unknown, then its
/// pool is cleared, then the connection ends and the caller has the error.
///
/// Not for the child of a fork, which must make a client of its own.
class Client {
 public:
  /// No input or output, whatever servers there are (D-URI-9). Credentials, TLS and the application
  /// name are the environment's (network_options makes it so). Throws InvalidOptions, also where
  /// `options` ask for TLS, credentials or loadBalanced and the environment has none.
  Client(std::vector<Address> hosts, const ClientOptions& options, ClientEnvironment& environment,
         ClientHooks hooks = {});
  /// Closes. Connections that are in use live on and end when they are checked in.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Begins to look for the servers; the first check-out does it, too. Does not wait. May be
  /// repeated.
  void open();

  /// Blocks until a suitable server is known and has a connection (D-SEL-3); where the server
  /// leaves the deployment meanwhile, another one is selected, in the time that is left,
  /// or for serverSelectionTimeoutMS anew where nothing else limits it. Throws
  /// PoolError: with ErrorType::server_selection where no server suits in time, which says what was
  /// seen; else what ConnectionPool::check_out throws, PoolClosedError if the client is closed.
  /// With timeoutMS or a deadline all that ends because the time is over is a
  /// DeadlineExceededError, whose cause is what it would have been (D-CSOT-5), while establishing
  /// that of the queue. Not from inside a listener or a callback (usage).
  ClientConnection check_out(const ClientCheckOut& request = {});
  /// Does not block: `callback` is called exactly once, possibly before this returns. The result
  /// cancels (ErrorType::cancelled) what has no outcome yet, whatever it waits for, and may outlive
  /// the client.
  std::function<void()> check_out(const ClientCheckOut& request,
                                  std::function<void(ClientCheckOutResult)> callback);

  /// Checks out, runs the command, checks in. Throws PoolError.
  wire::Document run_command(const wire::Document& command, const ClientCommand& options = {});
  /// The same without blocking; `done` as in cmap::run_command, but possibly before this returns,
  /// and then on this thread. The result cancels it; a command that runs ends with its connection,
  /// because its reply may still come.
  std::function<void()> run_command(const wire::Document& command, const ClientCommand& options,
                                    CommandDone done);

  /// From the next transition on.
  [[nodiscard]] Subscription subscribe(ClientListener listener);

  /// In order: heartbeats end, events of servers and topology say that they are gone (D-SD-9),
  /// pools are closed, and check-outs that wait fail. May be repeated. Not opened again.
  void close();

  /// Never null.
  [[nodiscard]] TopologyPtr description() const;
  /// In the order in which they were made.
  [[nodiscard]] std::vector<PoolSnapshot> pools() const;

  /// Aborts on a contradiction, such as a server that can be selected with a paused pool; for
  /// tests.
  void check_invariants() const;

 private:
  std::shared_ptr<ClientShell> shell_;
};

}  // namespace cmap
