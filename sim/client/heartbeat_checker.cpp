// After each end of a heartbeat it is known when the next one may, and must, begin.
#include "sim/client/heartbeat_checker.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace cmap::sim {
namespace {

/// Of the specification, not of the client that is judged.
constexpr Duration least_pause = std::chrono::milliseconds(500);

constexpr Rule one_end_of_a_heartbeat{"D-MON-7", "each ServerHeartbeatStarted has exactly one end"};
constexpr Rule pause_between_checks{
    "D-SD-4, D-MON-2",
    "a check begins at once where the server streams or a known one had a network error, else "
    "after 500 ms to heartbeatFrequencyMS"};
constexpr Rule check_in_time{
    "D-MON-4", "connectTimeoutMS bounds a check, with heartbeatFrequencyMS one that is awaited"};
constexpr Rule check_has_its_time{"D-MON-4", "no check times out before its time is over"};
constexpr Rule streaming_goes_on{
    "D-MON-5",
    "checks are awaited if, and only if, the client streams and the last reply had a "
    "topologyVersion"};
constexpr Rule error_cancels_check{
    "D-MON-6", "an application's network error ends the check that is under way"};

std::string said(const Address& server, std::string_view what) {
  return server.text() + ": " + std::string(what);
}

}  // namespace

HeartbeatChecker::HeartbeatChecker(const ClientOptions& options, TimePoint opened)
    : heartbeat_frequency_(options.heartbeat_frequency),
      connect_timeout_(options.connect_timeout),
      streams_(options.server_monitoring_mode != ServerMonitoringMode::poll),
      earliest_(opened),
      latest_(opened) {}

void HeartbeatChecker::advance(const Address& server, TimePoint now, Report& report) const {
  report.demand(running_ || now <= latest_, pause_between_checks,
                [&] { return said(server, "the next check does not begin"); });
  report.demand(!owes_cancel_, error_cancels_check,
                [&] { return said(server, "the check goes on"); });
}

void HeartbeatChecker::observe(const HeartbeatEvent& event, Report& report) {
  const bool begins = std::holds_alternative<ServerHeartbeatStartedEvent>(event.body);
  const bool is_in_turn =
      report.demand(running_.has_value() != begins, one_end_of_a_heartbeat, [&] {
        return said(event.address, begins ? "started while one is under way" : "ended twice");
      });
  if (!is_in_turn) return;
  if (begins) {
    begin(event, report);
  } else {
    end(event, report);
  }
}

void HeartbeatChecker::begin(const HeartbeatEvent& event, Report& report) {
  const bool awaited = std::get<ServerHeartbeatStartedEvent>(event.body).awaited;
  report.demand(earliest_ <= event.time && event.time <= latest_, pause_between_checks, [&] {
    return said(event.address,
                event.time < earliest_ ? "a check begins too early" : "a check begins too late");
  });
  report.demand(awaited == is_awaited_, streaming_goes_on, [&] {
    return said(event.address, awaited ? "a check is awaited" : "a check is not awaited");
  });
  running_ = {event.time, awaited};
}

void HeartbeatChecker::end(const HeartbeatEvent& event, Report& report) {
  if (connect_timeout_ > Duration::zero()) {
    const Duration more = running_->awaited ? heartbeat_frequency_ : Duration::zero();
    report.demand(event.time - running_->began <= connect_timeout_ + more, check_in_time,
                  [&] { return said(event.address, "a check takes too long"); });
  }
  const Running ended = *std::exchange(running_, std::nullopt);
  wait(event.time);
  if (const auto* success = std::get_if<ServerHeartbeatSucceededEvent>(&event.body)) {
    first_sample_.reset();
    if (!std::exchange(is_known_, true)) first_sample_ = success->duration;
    is_awaited_ = streams_ && success->reply->topology_version;
    if (is_awaited_) go_on_at_once(event.time);
    return;
  }
  const ErrorPtr& error = std::get<ServerHeartbeatFailedEvent>(event.body).error;
  if (error->fault == NetworkFault::timeout) check_timeout(event, ended, report);
  owes_cancel_ = owes_cancel_ && error->type != ErrorType::cancelled;
  is_awaited_ = false;
  if (is_known_ && error->type == ErrorType::network) go_on_at_once(event.time);
  is_known_ = false;
}

void HeartbeatChecker::check_timeout(const HeartbeatEvent& event, const Running& ended,
                                     Report& report) const {
  const Duration more = ended.awaited ? heartbeat_frequency_ : Duration::zero();
  report.demand(event.time - ended.began == connect_timeout_ + more, check_has_its_time,
                [&] { return said(event.address, "a check times out too early"); });
}

void HeartbeatChecker::wait(TimePoint now) {
  earliest_ = now + least_pause;
  latest_ = now + heartbeat_frequency_;
}

void HeartbeatChecker::cancel_check() {
  is_known_ = false;
  owes_cancel_ = running_.has_value();
}

void HeartbeatChecker::request_check(TimePoint now) {
  if (!running_) latest_ = std::min(latest_, std::max(now, earliest_));
}

}  // namespace cmap::sim
