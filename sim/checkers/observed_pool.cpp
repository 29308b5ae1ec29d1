// Replays events into the common knowledge of the checkers.
#include "sim/checkers/observed_pool.hpp"

namespace cmap::sim {

std::string_view life_name(ConnectionLife life) {
  switch (life) {
    case ConnectionLife::pending:
      return "pending";
    case ConnectionLife::available:
      return "available";
    case ConnectionLife::in_use:
      return "in use";
  }
  return "?";
}

Subjects subjects_of(const Event& event) {
  switch (event.type()) {
    case EventType::pool_created:
    case EventType::pool_ready:
    case EventType::pool_cleared:
    case EventType::pool_closed:
      return {};
    case EventType::connection_created:
      return {.connection = std::get_if<ConnectionCreatedEvent>(&event.body)->connection_id};
    case EventType::connection_ready:
      return {.connection = std::get_if<ConnectionReadyEvent>(&event.body)->connection_id};
    case EventType::connection_closed:
      return {.connection = std::get_if<ConnectionClosedEvent>(&event.body)->connection_id};
    case EventType::checked_in:
      return {.connection = std::get_if<ConnectionCheckedInEvent>(&event.body)->connection_id};
    case EventType::check_out_started:
      return {.check_out = std::get_if<ConnectionCheckOutStartedEvent>(&event.body)->check_out};
    case EventType::check_out_failed:
      return {.check_out = std::get_if<ConnectionCheckOutFailedEvent>(&event.body)->check_out};
    case EventType::checked_out:
      break;
  }
  const auto& out = *std::get_if<ConnectionCheckedOutEvent>(&event.body);
  return {.connection = out.connection_id, .check_out = out.check_out};
}

std::string name_of(ConnectionId id) { return "connection " + std::to_string(number(id)); }

std::string name_of(CheckOutId id) { return "check-out " + std::to_string(number(id)); }

std::string text_of(const PoolCounts& counts) {
  return "pending=" + std::to_string(counts.pending) +
         " available=" + std::to_string(counts.available) +
         " inUse=" + std::to_string(counts.in_use) + " waiting=" + std::to_string(counts.waiting);
}

std::uint32_t& ObservedPool::count_of(ConnectionLife life) {
  switch (life) {
    case ConnectionLife::pending:
      return counts_.pending;
    case ConnectionLife::available:
      return counts_.available;
    case ConnectionLife::in_use:
      break;
  }
  return counts_.in_use;
}

void ObservedPool::move(ObservedConnection& connection, ConnectionLife life, TimePoint time) {
  --count_of(connection.life);
  connection.life = life;
  connection.available_since = time;
  ++count_of(life);
}

void ObservedPool::apply(const Event& event, ObservedConnection* connection,
                         ObservedCheckOut* check_out) {
  const EventType type = event.type();
  last_ = {.type = type,
           .connection = connection ? connection->id : ConnectionId::none,
           .on_perished_connection = connection && (closed() || is_stale(*connection))};
  time_ = event.time;

  switch (type) {
    case EventType::pool_created:
    case EventType::pool_ready:
    case EventType::pool_cleared:
    case EventType::pool_closed:
      apply_to_pool(event);
      return;
    case EventType::connection_created:
      last_connection_ = subjects_of(event).connection;
      connections_.push_back({.id = last_connection_,
                              .clears_before = clears_,
                              .created = event.time,
                              .available_since = event.time});
      ++counts_.pending;
      return;
    case EventType::connection_ready:
    case EventType::checked_in:
      move(*connection, ConnectionLife::available, event.time);
      return;
    case EventType::connection_closed: {
      const auto& closed = *std::get_if<ConnectionClosedEvent>(&event.body);
      closing_ = closing_ || (state_ != PoolState::closed &&
                              closed.reason == ConnectionClosedReason::pool_closed);
      last_.ended_pending = connection->life == ConnectionLife::pending;
      --count_of(connection->life);
      connections_.erase(*connection);
      return;
    }
    case EventType::check_out_started:
      last_check_out_ = check_out_of(event);
      check_outs_.push_back({.id = last_check_out_, .started = event.time});
      return;
    case EventType::check_out_failed: {
      const auto& failed = *std::get_if<ConnectionCheckOutFailedEvent>(&event.body);
      closing_ = closing_ || (state_ != PoolState::closed &&
                              failed.reason == CheckOutFailedReason::pool_closed);
      check_outs_.erase(*check_out);
      return;
    }
    case EventType::checked_out:
      check_outs_.erase(*check_out);
      move(*connection, ConnectionLife::in_use, event.time);
      return;
  }
}

void ObservedPool::apply_to_pool(const Event& event) {
  if (event.type() == EventType::pool_created) {
    created_ = true;
    address_ = event.address;
  } else if (event.type() == EventType::pool_ready) {
    state_ = PoolState::ready;
    cleared_with_interrupt_ = false;
  } else if (event.type() == EventType::pool_closed) {
    state_ = PoolState::closed;
    closing_ = false;
  } else if (const auto* cleared = std::get_if<ConnectionPoolClearedEvent>(&event.body)) {
    ++clears_;
    if (options_.load_balanced) return;  // pauses nothing (A-LB-3)
    state_ = PoolState::paused;
    cleared_with_interrupt_ = cleared->interrupt_in_use_connections.value_or(false);
  }
}

void ObservedPool::visit_state(StateVisitor& visitor) const {
  visitor.flag(created_);
  visitor.flag(closing_);
  visitor.flag(cleared_with_interrupt_);
  visitor.choice(state_);
  visitor.time(time_);
  visitor.choice(last_.type);
  visitor.connection(last_.connection);
  visitor.flag(last_.on_perished_connection);
  visitor.flag(last_.ended_pending);
  visitor.word(connections_.size());
  connections_.for_each([&](const ObservedConnection& connection) {
    visitor.connection(connection.id);
    visitor.choice(connection.life);
    visitor.word(static_cast<std::uint64_t>(clears_ - connection.clears_before));
    visitor.time(connection.created);
    if (connection.life == ConnectionLife::available) visitor.time(connection.available_since);
  });
  visitor.word(check_outs_.size());
  check_outs_.for_each([&](const ObservedCheckOut& check_out) {
    visitor.check_out(check_out.id);
    visitor.time(check_out.started);
  });
  visitor.last_connection(last_connection_);
  visitor.last_check_out(last_check_out_);
}

}  // namespace cmap::sim
