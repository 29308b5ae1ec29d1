// Measures the round trip time beside a stream, whose answers take as long as there is no news
// (D-MON-5). Internal to the monitor.
#pragma once

#include "pool/client/hello_socket.hpp"
#include "pool/client/round_trip_times.hpp"

namespace cmap {

/// On a connection of its own, every heartbeat_frequency, without events. Its errors change nothing
/// but that it tries again with a new connection.
class RttProbe {
 public:
  RttProbe(const MonitorOptions& options, MonitorConnectionId& last, RoundTripTimes& times,
           MonitorOutbox& outbox)
      : options_(options), socket_(options, last, outbox), times_(times) {}

  /// Measures at once, unless it is started already.
  void start(TimePoint now);
  /// Closes its connection; what it measured is the owner's to forget.
  void stop();

  [[nodiscard]] bool is(MonitorConnectionId id) const { return socket_.is(id); }
  void opened(TimePoint now) { socket_.say_hello(now); }
  void replied(const wire::HelloReply& reply, TimePoint now);
  void failed(TimePoint now);

  void advance(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const { return deadline_; }

 private:
  void measure(TimePoint now);
  void rest(TimePoint now);

  const MonitorOptions& options_;
  HelloSocket socket_;
  RoundTripTimes& times_;
  bool started_ = false;
  bool measuring_ = false;
  std::optional<TimePoint> deadline_;  ///< of the measurement, or when the next one begins
};

}  // namespace cmap
