// Made-up events of one client, for the tests of its checkers.
#pragma once

#include <string>
#include <utility>

#include "sim/client/client_checkers.hpp"

namespace cmap::sim::told {

inline const Address here("a", 27017);

inline ClientOptions told_options(bool load_balanced = false) {
  ClientOptions options;
  options.load_balanced = options.pool.load_balanced = load_balanced;
  options.heartbeat_frequency = std::chrono::seconds(10);
  options.connect_timeout = std::chrono::seconds(2);
  options.server_monitoring_mode = ServerMonitoringMode::stream;
  return options;
}

inline const EventBody cleared = ConnectionPoolClearedEvent{.interrupt_in_use_connections = false};
inline const EventBody interrupted =
    ConnectionPoolClearedEvent{.interrupt_in_use_connections = true};
inline const ErrorPtr reset =
    establishment_error(here, NetworkFault::reset, EstablishmentPhase::done);
inline const ErrorPtr timed_out =
    establishment_error(here, NetworkFault::timeout, EstablishmentPhase::hello);

inline ErrorPtr error_of_type(ErrorType type, std::string message, std::int32_t code = 0) {
  return std::make_shared<const Error>(
      Error{.type = type, .message = std::move(message), .address = here, .code = code});
}
inline ErrorPtr command_error(std::int32_t code) {
  return error_of_type(ErrorType::command, "said the server", code);
}
inline const ErrorPtr newer_primary =
    error_of_type(ErrorType::protocol, "primary marked stale due to discovery of newer primary");
inline const ErrorPtr check_cancelled = error_of_type(ErrorType::cancelled, "nobody wants to know");

/// The events of one client, one after the other; the time goes on with `after` alone.
class Told {
 public:
  explicit Told(TopologyType type = TopologyType::unknown)
      : options(told_options(type == TopologyType::load_balanced)), checkers(options) {
    topology(TopologyOpeningEvent{});
    if (type == TopologyType::unknown) return;
    const auto before = std::make_shared<const TopologyDescription>();
    TopologyDescription changed;
    changed.type = type;
    topology(TopologyDescriptionChangedEvent{before,
                                             std::make_shared<const TopologyDescription>(changed)});
  }

  Told& after(std::int64_t milliseconds) {
    now_ += std::chrono::milliseconds(milliseconds);
    return *this;
  }
  Told& topology(TopologyEventBody body) {
    checkers.observe(TopologyEvent{.time = now_, .body = std::move(body)});
    return *this;
  }
  Told& open_server() { return topology(ServerOpeningEvent{here}); }
  Told& becomes(ServerType type, ErrorPtr error = nullptr) {
    ServerDescription next = unknown_server(here, std::move(error));
    next.type = type;
    if (type != ServerType::unknown) next.round_trip_time = Duration::zero();
    const auto later = std::make_shared<const ServerDescription>(next);
    topology(ServerDescriptionChangedEvent{here, description, later});
    description = later;
    return *this;
  }
  Told& is_unknown_by(const ErrorPtr& error) { return becomes(ServerType::unknown, error); }
  Told& pool(EventBody body, PoolCounts counts = {}) {
    checkers.observe(
        Event{.address = here, .time = now_, .counts = counts, .body = std::move(body)});
    return *this;
  }
  Told& make_pool() {
    pool(ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>(options.pool)});
    return pool(ConnectionPoolReadyEvent{});
  }
  Told& heartbeat(HeartbeatEventBody body) {
    checkers.observe(HeartbeatEvent{.address = here, .time = now_, .body = std::move(body)});
    return *this;
  }
  Told& start(bool awaited = false) { return heartbeat(ServerHeartbeatStartedEvent{awaited}); }
  Told& succeed(bool with_version = false) {
    auto reply = std::make_shared<wire::HelloReply>();
    if (with_version) reply->topology_version.emplace();
    return heartbeat(ServerHeartbeatSucceededEvent{.reply = std::move(reply)});
  }
  Told& fail(const ErrorPtr& error) {
    return heartbeat(ServerHeartbeatFailedEvent{.error = error});
  }
  /// A primary whose first check has ended, with a pool.
  Told& found_primary() {
    open_server().start().succeed();
    return becomes(ServerType::rs_primary).make_pool();
  }
  Told& hold(ConnectionId id) {
    checkers.hold(here, id);
    return *this;
  }
  Told& command_fails(const ErrorPtr& error) {
    checkers.command_failed(error, now_);
    return *this;
  }
  Told& close_server() { return topology(ServerClosedEvent{here}); }
  Told& close() { return topology(TopologyClosedEvent{}); }
  /// The clause that is broken; empty: none.
  std::string broken() { return checkers.violation() ? checkers.violation()->clause : ""; }
  std::string broken_at_end() {
    checkers.finish();
    return broken();
  }

  const ClientOptions options;
  ClientCheckers checkers;
  ServerPtr description = std::make_shared<const ServerDescription>(unknown_server(here));

 private:
  TimePoint now_{};
};

inline Told primary() { return std::move(Told().found_primary()); }

inline constexpr PoolCounts one_pending{.pending = 1};
inline constexpr PoolCounts one_in_use{.in_use = 1};

/// Has a connection of that number in use.
inline void check_out(Told& told, ConnectionId id) {
  const CheckOutId check_out{1};
  told.pool(ConnectionCheckOutStartedEvent{check_out});
  told.pool(ConnectionCreatedEvent{id}, one_pending);
  told.pool(ConnectionReadyEvent{id}, one_pending);
  told.pool(ConnectionCheckedOutEvent{id, {}, check_out}, one_in_use);
}

/// An operation has had the error on its connection: what follows at once has followed.
inline Told cleared_by(const ErrorPtr& error, Told told) {
  constexpr ConnectionId id{1};
  check_out(told, id);
  told.is_unknown_by(error).pool(cleared, one_in_use);
  told.pool(ConnectionCheckedInEvent{id}, one_in_use);
  told.pool(ConnectionClosedEvent{id, ConnectionClosedReason::error, error});
  return told;
}

}  // namespace cmap::sim::told
