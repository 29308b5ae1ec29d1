// What must hold of the heartbeats of one server (D.3): when they begin, and when they end.
#pragma once

#include <optional>

#include "pool/client/client_options.hpp"
#include "pool/client/heartbeat_events.hpp"
#include "sim/checkers/violation.hpp"

namespace cmap::sim {

/// From ServerOpening to ServerClosed. Tell it before each event of the client what time it is.
class HeartbeatChecker {
 public:
  HeartbeatChecker(const ClientOptions& options, TimePoint opened);

  /// Nothing is left that had to happen before `now`.
  void advance(const Address& server, TimePoint now, Report& report) const;
  void observe(const HeartbeatEvent& event, Report& report);
  /// A connection of an application says that the server is out of reach (D-MON-6).
  void cancel_check();
  /// By an error that says that the server has changed (D.2), or by a newer primary (D-SD-5).
  void request_check(TimePoint now);

  [[nodiscard]] bool is_running() const { return running_.has_value(); }
  /// How long hello took, if nothing else was measured since the server became known.
  [[nodiscard]] std::optional<Duration> first_sample() const { return first_sample_; }

 private:
  struct Running {
    TimePoint began;
    bool awaited = false;
  };

  void begin(const HeartbeatEvent& event, Report& report);
  void end(const HeartbeatEvent& event, Report& report);
  void check_timeout(const HeartbeatEvent& event, const Running& ended, Report& report) const;
  void go_on_at_once(TimePoint now) { earliest_ = latest_ = now; }
  void wait(TimePoint now);

  const Duration heartbeat_frequency_;
  const Duration connect_timeout_;
  const bool streams_;
  std::optional<Running> running_;
  // Of the next beginning:
  TimePoint earliest_;
  TimePoint latest_;
  bool is_awaited_ = false;
  bool is_known_ = false;  ///< the last check succeeded, and no application found otherwise since
  bool owes_cancel_ = false;
  std::optional<Duration> first_sample_;
};

}  // namespace cmap::sim
