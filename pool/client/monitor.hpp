// Monitor: the sans-I/O machine that watches one server (D.3).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "pool/client/hello_socket.hpp"
#include "pool/client/monitor_effects.hpp"
#include "pool/client/round_trip_times.hpp"
#include "pool/client/rtt_probe.hpp"

namespace cmap {

/// A plain object: every input is a method that takes the time and appends its consequences, in
/// order, to the outbox. Nothing is called back, nothing blocks, no clock is read.
///
/// The owner carries out the effects in their order, reports what the connections tell, and calls
/// `advance` when the time `next_deadline()` has come; it may change with every input. After a
/// CheckSucceeded or CheckFailed it tells the topology, then calls `resume`: what the topology
/// makes of the check (the server is removed, say) comes before the next one.
///
/// Not thread-safe. The outbox must outlive the monitor, which stays where it is.
class Monitor {
 public:
  Monitor(Address address, MonitorOptions options, MonitorOutbox& outbox);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  /// Begins the first check. Once.
  void start(TimePoint now);
  /// The topology has heard of the last check. Goes on at once where the server streams, and where
  /// one that was known failed with a network error (D-SD-4); otherwise waits.
  void resume(TimePoint now);
  /// Ends the waiting, but not before min_heartbeat_frequency has passed since the last check. A
  /// check that runs takes no notice (D-MON-3).
  void request_check(TimePoint now);
  /// An application found the server's connections broken, so that it is Unknown by now: ends the
  /// check that runs, closes the connections, and waits before the next check (D-MON-6).
  void cancel_check(TimePoint now);
  /// Ends the check that runs, closes the connections; nothing happens any more. May be repeated.
  void close(TimePoint now);

  // What the connections tell. Of one that was closed meanwhile: ignored.
  void opened(MonitorConnectionId connection, TimePoint now);
  void replied(MonitorConnectionId connection, wire::Document reply, bool more_to_come,
               TimePoint now);
  void failed(MonitorConnectionId connection, ErrorPtr error, TimePoint now);

  /// Does what it is time for.
  void advance(TimePoint now);
  /// Nothing: no need to call `advance`.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  [[nodiscard]] const Address& address() const { return address_; }

 private:
  enum class State : std::uint8_t {
    fresh,     ///< not started
    checking,  ///< a heartbeat has started and not ended
    reported,  ///< it has ended, and the topology is about to hear of it
    waiting,   ///< for the next check
    closed,
  };
  /// What `resume` does.
  enum class Then : std::uint8_t { wait, check, ask_for_news, read_on };

  void check(TimePoint now);
  void go_on_streaming(bool ask, TimePoint now);
  void begin_heartbeat(bool awaited, TimePoint now);
  void succeed(wire::HelloReply reply, bool more_to_come, TimePoint now);
  void fail(ErrorPtr error, TimePoint now);
  void end_with_failure(ErrorPtr error, TimePoint now);
  void time_out(TimePoint now);
  void disconnect();
  void wait(TimePoint now);
  void emit(HeartbeatEventBody body, TimePoint now);

  const Address address_;
  const MonitorOptions options_;
  MonitorOutbox& outbox_;
  MonitorConnectionId last_connection_ = MonitorConnectionId::none;
  RoundTripTimes times_;
  HelloSocket socket_;
  RttProbe probe_;

  State state_ = State::fresh;
  Then then_ = Then::wait;
  bool known_ = false;    ///< the last check succeeded, and nobody found otherwise since
  bool awaited_ = false;  ///< the heartbeat that runs
  TimePoint began_{};     ///< the heartbeat that runs
  TimePoint ended_{};     ///< the last check
  /// Of the heartbeat that runs, or when the next one begins.
  std::optional<TimePoint> deadline_;
  ErrorPtr broken_;  ///< found out while nobody was asking: the next check says so
  std::shared_ptr<const wire::HelloReply> last_reply_;
};

}  // namespace cmap
