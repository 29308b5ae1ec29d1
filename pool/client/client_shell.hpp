// The lock around a client's topology and monitors, and what carries out their effects. Internal to
// the client.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pool/client/client.hpp"
#include "pool/client/server_watch.hpp"
#include "pool/guarded_call.hpp"
#include "pool/pool_shell.hpp"
#include "pool/topology/topology_core.hpp"

namespace cmap {

/// A server that was selected; the operation counts until `operation` ends.
struct SelectedServer {
  std::shared_ptr<PoolShell> pool;
  std::shared_ptr<void> operation;
  std::optional<ReadPreference> to_say;
  Duration min_round_trip_time{};
  /// Of the check-out that follows (D-CSOT-1).
  std::optional<TimePoint> deadline;
};
/// What a selection is to find, and until when.
struct SelectionRequest {
  Selection selection;
  TimePoint deadline;
  /// Of the check-out that follows; nothing: the operation has none (D-CSOT-1).
  std::optional<TimePoint> check_out_deadline{};
  std::string operation{};  ///< as ClientCheckOut has it
  /// Null: nobody can cancel it. Lives as long as what is to be done with the result.
  const std::atomic<bool>* is_cancelled = nullptr;
};
/// Exactly one of the two.
struct SelectionResult {
  std::optional<SelectedServer> server;
  ErrorPtr error;
};
using SelectionDone = std::function<void(SelectionResult)>;

/// Lock order: the client's, then a pool's. Lives as long as the client, or an effect that is not
/// carried out yet.
class ClientShell final : public std::enable_shared_from_this<ClientShell> {
 public:
  /// Throws InvalidOptions.
  ClientShell(std::vector<Address> hosts, const ClientOptions& options,
              ClientEnvironment& environment, ClientHooks hooks);

  /// Needs the shared pointer.
  void make_timer();
  void open();
  void close();
  /// From now on.
  [[nodiscard]] SelectionRequest selection_for(
      const ClientCheckOut& request, const std::atomic<bool>* is_cancelled = nullptr) const;
  /// For another selection of one operation: unless that has a limit for all (D-CSOT-1).
  void begin_again(SelectionRequest& request) const;
  /// Where a server is known that suits. Nothing: to be waited for.
  std::optional<SelectionResult> select_at_once(const SelectionRequest& request);
  /// `done` is called once, through the queue; possibly before this returns.
  void select(const SelectionRequest& request, SelectionDone done);
  /// Ends those that were cancelled.
  void serve_cancelled();
  /// Returns what ends the subscription.
  std::function<void()> subscribe(ClientListener listener);

  /// What a monitor's connection tells. Waits for no other thread's delivery.
  template <typename Input>
  void report(WatchId watch, Input&& input);

  [[nodiscard]] std::optional<TimePoint> operation_deadline(std::optional<TimePoint> given) const;
  [[nodiscard]] CommandOptions command_options(const ClientCommand& command,
                                               std::optional<TimePoint> deadline) const;
  /// A command that could not be answered in time is not sent: no connection is lost for it. Null:
  /// it can.
  [[nodiscard]] ErrorPtr too_late_for(const CommandOptions& options,
                                      const ClientConnection& connection) const;
  [[nodiscard]] const Address& first_host() const { return hosts_.front(); }
  [[nodiscard]] bool is_closed() const;
  [[nodiscard]] TopologyPtr description() const;
  [[nodiscard]] std::vector<PoolSnapshot> pools() const;
  void check_invariants() const;

 private:
  struct Listener {
    explicit Listener(ClientListener its) : on(std::move(its)) {}
    const ClientListener on;
    std::atomic<bool> ended = false;
  };
  using ListenerPtr = std::shared_ptr<Listener>;
  using Listeners = std::vector<ListenerPtr>;
  struct WaitingSelection {
    SelectionRequest request;
    SelectionDone done;
    bool said_to_wait = false;
  };
  class Operation;

  // client_shell.cpp: transitions.
  template <typename Transition>
  void transit(bool wait, Transition&& transition);
  void open(TimePoint now);
  void settle(TimePoint now);
  void rearm_timer();
  void append(std::function<void()> call);
  void set_listeners(std::shared_ptr<const Listeners> listeners);
  template <typename Event>
  void announce(std::function<void(const Event&)> ClientListener::*those, Event event);
  ErrorVerdict judge(const PoolShell& pool, const ConnectionFailure& failure);
  void learn(const PoolShell& pool, Generation generation, wire::ByteView hello);
  [[nodiscard]] std::shared_ptr<ServerWatch> find_watch(WatchId id) const;
  [[nodiscard]] std::shared_ptr<ServerWatch> find_watch(const Address& address) const;
  [[nodiscard]] std::shared_ptr<PoolShell> find_pool(const Address& address) const;

  // client_effects.cpp: what topology and monitors want done; with the lock.
  void apply_topology_effects(TimePoint now);
  void apply(TopologyEvent& event, TimePoint now);
  void apply(const MakePool& effect, TimePoint now);
  void apply(const ReadyPool& effect, TimePoint now);
  void apply(const ClearPool& effect, TimePoint now);
  void apply(const ClosePool& effect, TimePoint now);
  void apply(const StartMonitor& effect, TimePoint now);
  void apply(const StopMonitor& effect, TimePoint now);
  void apply(const RequestCheck& effect, TimePoint now);
  void apply(const CancelCheck& effect, TimePoint now);
  bool apply_monitor_effects(TimePoint now);
  void apply_effects_of(ServerWatch& watch, TimePoint now);
  void apply(ServerWatch& watch, HeartbeatEvent& event, TimePoint now);
  void apply(ServerWatch& watch, const OpenMonitorConnection& effect, TimePoint now);
  void apply(ServerWatch& watch, SendHello& effect, TimePoint now);
  void fail_monitor(WatchId id, const Address& address, MonitorConnectionId connection);
  void apply(ServerWatch& watch, const CloseMonitorConnection& effect, TimePoint now);
  void apply(ServerWatch& watch, const CheckSucceeded& effect, TimePoint now);
  void apply(ServerWatch& watch, const CheckFailed& effect, TimePoint now);

  // client_selection.cpp; with the lock.
  bool serve_selections(TimePoint now);
  [[nodiscard]] std::optional<SelectionResult> try_to_select(const SelectionRequest& request,
                                                             TimePoint now);
  [[nodiscard]] ErrorPtr no_server_in_time(const SelectionRequest& request) const;
  [[nodiscard]] ErrorPtr no_server_suits(const SelectionRequest& request) const;
  void announce(const WaitingSelection& waiting, SelectionEventBody body, TimePoint now);
  void announce_outcome(const WaitingSelection& waiting, const SelectionResult& result,
                        TimePoint now);
  void finish(WaitingSelection& waiting, SelectionResult result);
  void end_operation(const Address& address);

  const std::vector<Address> hosts_;
  const ClientOptions options_;
  const PoolOptions pool_options_;
  ClientEnvironment& environment_;
  const ClientIdentity identity_;
  const MonitorOptions monitor_options_;
  const std::function<void(std::exception_ptr)> callback_failed_;
  const std::shared_ptr<DeliveryQueue> deliveries_;

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  TopologyOutbox topology_outbox_;
  TopologyCore topology_;
  std::vector<std::shared_ptr<ServerWatch>> watches_;
  std::vector<std::shared_ptr<PoolShell>> pools_;
  std::list<WaitingSelection> selections_;
  OperationCounts operations_;
  std::shared_ptr<const Listeners> listeners_;
  bool selections_are_watched_ = false;  ///< by any of them
  WatchId last_watch_ = WatchId::none;
  DeliveryQueue::Position owed_ = 0;  ///< of the last effect that was appended
  bool opened_ = false;
  bool closed_ = false;
  static constexpr TimePoint never = TimePoint::max();
  TimePoint armed_ = never;
  /// What must not end under the lock: a pool's end waits for calls that want it.
  std::vector<std::shared_ptr<PoolShell>> ended_;

  // The deliverer's:
  MonitorLinks links_;

  // Last, so that it goes first.
  std::unique_ptr<DeadlineTimer> timer_;
};

/// To all listeners of such events.
template <typename Event>
void ClientShell::announce(std::function<void(const Event&)> ClientListener::*those, Event event) {
  append([self = shared_from_this(), listeners = listeners_, those, event = std::move(event)] {
    for (const ListenerPtr& listener : *listeners) {
      const auto& its = listener->on.*those;
      if (listener->ended || !its) continue;
      guarded_call([&] { its(event); }, self->callback_failed_);
    }
  });
}

template <typename Transition>
void ClientShell::transit(bool wait, Transition&& transition) {
  std::vector<std::shared_ptr<PoolShell>> ended;
  DeliveryQueue::Position until = 0;
  {
    const std::lock_guard lock(mutex_);
    const TimePoint now = environment_.now();
    transition(now);
    settle(now);
    ended.swap(ended_);
    until = owed_;
  }
  if (wait) {
    deliveries_->deliver(until);
  } else {
    deliveries_->deliver_or_leave(until);
  }
}

template <typename Input>
void ClientShell::report(WatchId watch, Input&& input) {
  transit(false, [&](TimePoint now) {
    if (const auto found = find_watch(watch)) input(found->monitor, now);
  });
}

}  // namespace cmap
