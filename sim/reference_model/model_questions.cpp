// What the model's state answers: counts, and whether a connection may be used or created.
#include <algorithm>
#include <stdexcept>

#include "sim/reference_model/model_pool.hpp"

namespace cmap::sim {

std::int64_t ModelPool::count(State state) const {
  return static_cast<std::int64_t>(in_state(state).size());
}

PoolCounts ModelPool::counts() const {
  return {.pending = static_cast<std::uint32_t>(count(State::pending)),
          .available = static_cast<std::uint32_t>(count(State::available)),
          .in_use = static_cast<std::uint32_t>(count(State::in_use)),
          .waiting = static_cast<std::uint32_t>(queue_.size())};
}

PurposeCounts ModelPool::purposes_in_use() const {
  PurposeCounts result;
  for (const auto& [id, connection] : connections_) {
    if (connection.state != State::in_use) continue;
    switch (connection.purpose) {
      case CheckOutPurpose::cursor:
        ++result.cursor;
        break;
      case CheckOutPurpose::transaction:
        ++result.transaction;
        break;
      case CheckOutPurpose::other:
        ++result.other;
        break;
    }
  }
  return result;
}

Duration ModelPool::since(TimePoint start) const {
  return has(Defect::zero_duration) ? Duration::zero() : now_ - start;
}

std::vector<ConnectionId> ModelPool::in_state(State state) const {
  std::vector<ConnectionId> result;
  for (const auto& [id, connection] : connections_) {
    if (connection.state == state) result.push_back(id);
  }
  return result;
}

std::vector<ConnectionId> ModelPool::available_oldest_first() const {
  std::vector<ConnectionId> result = in_state(State::available);
  std::sort(result.begin(), result.end(), [this](ConnectionId a, ConnectionId b) {
    return connections_.at(a).available_order < connections_.at(b).available_order;
  });
  return result;
}

ModelPool::Connection* ModelPool::find(ConnectionId id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : &found->second;
}

ModelPool::Connection* ModelPool::find_held(const CheckedOut& checked_out) {
  Connection* connection = find(checked_out.connection);
  const bool held = connection != nullptr && connection->state == State::in_use &&
                    connection->holder == static_cast<CheckOutId>(checked_out.handle) &&
                    number_ == checked_out.tag;
  return held ? connection : nullptr;
}

bool ModelPool::is_stale(const Connection& connection) const {  // A-CON-4, A-CON-5
  if (has(Defect::keeps_stale)) return false;
  if (!options_.load_balanced) return connection.generation != generation_;
  // Before hello it has no generation and is never stale.
  return connection.service && connection.generation != services_.at(*connection.service);
}

bool ModelPool::is_idle(const Connection& connection) const {  // A-OPT-4
  return connection.state == State::available && options_.max_idle_time > Duration::zero() &&
         now_ - connection.available_since > options_.max_idle_time;
}

std::optional<ConnectionClosedReason> ModelPool::why_perished(
    const Connection& connection) const {  // R12
  if (connection.error) return ConnectionClosedReason::error;
  if (is_stale(connection)) return ConnectionClosedReason::stale;
  if (is_idle(connection)) return ConnectionClosedReason::idle;
  return std::nullopt;
}

bool ModelPool::may_create() const {  // A-OUT-3, A-POOL-4, A-POOL-5
  const std::int64_t pending = count(State::pending) + forgotten_permits_;
  const std::int64_t total = static_cast<std::int64_t>(connections_.size()) + forgotten_permits_;
  const bool has_room = options_.max_pool_size == 0 || total < options_.max_pool_size;
  const bool has_permit = pending < options_.max_connecting;
  return (has_room || has(Defect::ignores_max)) &&
         (has_permit || has(Defect::ignores_max_connecting));
}

bool ModelPool::is_populating() const {  // R8
  return std::any_of(connections_.begin(), connections_.end(), [](const auto& entry) {
    return entry.second.state == State::pending && entry.second.by_background_run;
  });
}

ErrorPtr ModelPool::not_held_error() const {
  return usage_error(address_, "This connection is not checked out from this pool");
}

std::optional<PoolSnapshot> ModelPool::snapshot() const {
  std::int64_t deadlines = 0;
  for (const auto& [id, check_out] : check_outs_) deadlines += check_out.deadline ? 1 : 0;
  for (const auto& [id, connection] : connections_) {
    deadlines += connection.establishment_deadline ? 1 : 0;
  }
  return PoolSnapshot{
      .state = state_, .generation = generation_, .counts = counts(), .armed_deadlines = deadlines};
}

void ModelPool::check_invariants() const {  // section G
  const auto require = [](bool condition, const char* what) {
    if (!condition) throw std::logic_error(std::string("reference model: ") + what);
  };
  const PoolCounts now = counts();
  require(options_.max_pool_size == 0 || now.total() <= options_.max_pool_size,
          "more connections than maxPoolSize");
  require(now.pending <= options_.max_connecting, "more establishments than maxConnecting");
  require(queue_.empty() || state_ == PoolState::ready, "waiters in a pool that is not ready");
  require(queue_.empty() || now.available == 0, "waiters beside available connections");
  require(queue_.empty() || !may_create(), "waiters although a connection may be created");
  require(state_ != PoolState::closed || now.total() == now.in_use,
          "a closed pool holds connections that nobody uses");
  std::size_t establishing = 0;
  std::map<ServiceId, std::int64_t> by_service;
  for (const auto& [id, connection] : connections_) {
    if (connection.bound_to) {
      ++establishing;
      require(connection.state == State::pending, "bound, but not pending");
      require(check_outs_.contains(*connection.bound_to), "bound to a check-out that is over");
    }
    if (connection.service) ++by_service[*connection.service];
  }
  require(check_outs_.size() == queue_.size() + establishing, "a check-out is in two places");
  require(by_service.size() == services_.size(), "services without connections");  // A-LB-1
}

}  // namespace cmap::sim
