// TopologyCore: server discovery as a sans-I/O state machine. What servers and operations report
// goes in; what pools and monitors have to do comes out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "pool/topology/topology_effects.hpp"

namespace cmap {

struct TopologyOptions {
  /// At least one. Taken in lower case, equal ones once (D-RS-2).
  std::vector<Address> seeds;
  std::optional<std::string> replica_set{};
  bool direct_connection = false;  ///< then there is one seed
  bool load_balanced = false;      ///< then there is one seed and neither of the above
};

/// What went wrong with an operation on a connection of a pool, or while establishing one.
struct ApplicationError {
  Address address;
  /// Not null. A command error (`ok: 0` or a writeConcernError) carries its code; without one its
  /// message is looked at. Errors in writeErrors do not belong here: they change nothing.
  ErrorPtr error;
  /// How far the connection had come. `done`: it was established.
  EstablishmentPhase phase = EstablishmentPhase::done;
  /// The connection's; before its handshake was over, the pool's when it was created.
  Generation generation = Generation::initial;
  /// The pool's, now. Behind a load balancer both are those of `service`.
  Generation pool_generation = Generation::initial;
  /// Behind a load balancer, once hello was answered.
  std::optional<ServiceId> service{};
  /// As in the server's reply, if it has one.
  std::optional<TopologyVersion> topology_version{};
};

/// Inputs are methods; each is one transition, which appends its consequences, in order, to the
/// outbox: events of servers, the event of the topology, then what pools and monitors have to do.
/// A pool is cleared behind the event that says that its server is unknown (D-SD-2).
///
/// Nothing is called back, nothing blocks, no clock is read. Inputs about servers that are not part
/// of the topology, and all before `open` and after `close`, do nothing.
///
/// Not thread-safe: called from one place at a time. The outbox must outlive it.
class TopologyCore {
 public:
  TopologyCore(TopologyId id, const TopologyOptions& options, TopologyOutbox& outbox);

  TopologyCore(const TopologyCore&) = delete;
  TopologyCore& operator=(const TopologyCore&) = delete;

  /// Once: events, and monitors for all seeds; behind a load balancer the pool at once, and no
  /// monitor ever (A-LB-9).
  void open(TimePoint now);

  /// A reply to hello, from a monitor or from the handshake of a pool's connection (D-SD-8). One of
  /// type `unknown`, that is `ok: 0`, is a failed check with its `error`.
  void server_checked(ServerDescription description, TimePoint now);

  /// The monitor got no reply. `error` is not null. Interrupts what is in use if it was a timeout
  /// (D-SD-3).
  void check_failed(const Address& address, ErrorPtr error, TimePoint now);

  /// D.2. Whatever clears the pool does so before the connection is given back.
  void application_error(const ApplicationError& report, TimePoint now);

  /// Removes all servers (D-SD-9). Further calls do nothing.
  void close(TimePoint now);

  [[nodiscard]] TopologyId id() const { return id_; }
  /// Never null; what it points at never changes. Before `open` and after `close`: no servers.
  [[nodiscard]] const TopologyPtr& description() const { return description_; }
  /// A pool was made for the server and was not closed.
  [[nodiscard]] bool has_pool(const Address& address) const;

  /// Asserts what holds between inputs: servers that can be selected have pools, pools belong to
  /// servers, there is at most one primary.
  void check_invariants() const;

 private:
  enum class Life : std::uint8_t { created, open, closed };
  /// A pool that was made and not closed.
  struct Pool {
    Address address;
    bool ready = false;
  };

  void apply(ServerDescription server, TimePoint now);
  void announce(const TopologyDescription& before, const ServerDescription& reported);
  void stop_removed(const TopologyDescription& before);
  void start_added(const TopologyDescription& before);
  void ready_pool(const ServerDescription& server);
  void clear_pool(const Address& address, bool interrupt, const ErrorPtr& cause);
  void clear_service(const ApplicationError& report);
  void handle_state_change(const ApplicationError& report, TimePoint now);
  void request_check(const Address& address);
  /// Made where it stays: moving it makes g++ 12 warn of what is not there.
  template <typename Body>
  void emit(Body body) {
    outbox_.emplace_back(std::in_place_type<TopologyEvent>);
    TopologyEvent& event = *std::get_if<TopologyEvent>(&outbox_.back());
    event.topology_id = id_;
    event.time = now_;
    event.body.template emplace<Body>(std::move(body));
  }
  [[nodiscard]] bool is_load_balanced() const { return options_.load_balanced; }
  [[nodiscard]] bool is_stale(const ApplicationError& report) const;
  [[nodiscard]] Pool* find_pool(const Address& address);

  const TopologyId id_;
  TopologyOptions options_;
  TopologyOutbox& outbox_;
  TopologyPtr description_;
  std::vector<Pool> pools_;  ///< in the order in which they were made
  TimePoint now_;
  Life life_ = Life::created;
};

}  // namespace cmap
