// The model's one timer: deadlines of check-outs and establishments, and background Runs (A.8).
#include <algorithm>
#include <compare>

#include "sim/reference_model/model_pool.hpp"

namespace cmap::sim {

namespace {

/// A deadline that was reached. Several are dealt with in this order.
struct Due {
  TimePoint deadline;
  enum class Kind : std::uint8_t { check_out, establishment } kind = Kind::check_out;
  std::int64_t id = 0;
  auto operator<=>(const Due&) const = default;
};

}  // namespace

void ModelPool::timer_fired() {
  now_ = environment_.now();
  if (environment_.process_generation() != process_generation_) reset_now();  // A-FORK-1
  armed_.reset();
  expire(true);
  run_if_due();
  end();
}

std::optional<TimePoint> ModelPool::next_deadline() const {
  std::optional<TimePoint> earliest = next_run_;
  const auto consider = [&earliest](const std::optional<TimePoint>& deadline) {
    if (deadline && (!earliest || *deadline < *earliest)) earliest = deadline;
  };
  for (const auto& [id, check_out] : check_outs_) consider(check_out.deadline);
  for (const auto& [id, connection] : connections_) consider(connection.establishment_deadline);
  return earliest;
}

void ModelPool::arm_timer() {
  const std::optional<TimePoint> wanted = next_deadline();
  if (wanted == armed_) return;
  armed_ = wanted;
  if (wanted) {
    timer_->arm(*wanted);
  } else {
    timer_->disarm();
  }
}

void ModelPool::expire(bool also_those_of_this_instant) {  // A-WQ-3
  const auto is_due = [&](const std::optional<TimePoint>& deadline) {
    return deadline && (*deadline < now_ || (also_those_of_this_instant && *deadline == now_));
  };
  std::vector<Due> all;
  for (const auto& [id, check_out] : check_outs_) {
    if (is_due(check_out.deadline)) {
      all.push_back({*check_out.deadline, Due::Kind::check_out, number(id)});
    }
  }
  for (const auto& [id, connection] : connections_) {
    if (is_due(connection.establishment_deadline)) {
      all.push_back({*connection.establishment_deadline, Due::Kind::establishment, number(id)});
    }
  }
  std::sort(all.begin(), all.end());
  for (const Due& due : all) {
    switch (due.kind) {
      case Due::Kind::check_out:
        expire_check_out(static_cast<CheckOutId>(due.id));
        break;
      case Due::Kind::establishment:
        expire_establishment(static_cast<ConnectionId>(due.id));
        break;
    }
  }
}

void ModelPool::expire_check_out(CheckOutId check_out) {  // A-OUT-7
  fail(check_out, CheckOutFailedReason::timeout, timeout_error(check_outs_.at(check_out)));
}

void ModelPool::expire_establishment(ConnectionId id) {  // A-BG-1
  Connection& connection = connections_.at(id);
  connection.establishment_deadline.reset();
  connection.was_timed_out = true;  // only `failed` counts from now on
  append(TimeOutEstablishing{{.id = id}},
         [this, id](const Effect&) { transport_->time_out({.id = id}); });
}

void ModelPool::request_run() {  // R8, R15
  if (options_.background_interval < Duration::zero()) return;
  if (!next_run_ || now_ < *next_run_) next_run_ = now_;
}

void ModelPool::run_if_due() {  // R8, A-BG-2
  if (!next_run_ || *next_run_ > now_) return;
  next_run_ = saturating_sum(now_, options_.background_interval);
  prune();
  populate();
}

void ModelPool::prune() {  // §0.6: while paused too
  for (const ConnectionId id : available_oldest_first()) {
    const auto perished = why_perished(connections_.at(id));
    if (perished) close_connection(id, *perished);
  }
}

void ModelPool::populate() {  // A-POP-1, A-POP-3, §0.4
  if (state_ != PoolState::ready || is_populating()) return;
  if (counts().total() >= options_.min_pool_size || !may_create()) return;
  Connection& connection = create();
  connection.by_background_run = true;
  start_establishing(connection.id);
}

}  // namespace cmap::sim
