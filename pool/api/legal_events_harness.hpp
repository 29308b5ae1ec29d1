// Checks, for tests, that the events of one pool form a legal sequence (requirements A-EV-3 and G).
#pragma once

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <variant>

#include "pool/api/events.hpp"

namespace cmap::test {

/// Knows only the events, never the pool. Throws std::logic_error at the first event that no legal
/// pool emits at this place.
class LegalEvents {
 public:
  explicit LegalEvents(const PoolOptions& options = {}) : options_(resolve(options)) {}

  void see(const Event& event) {
    ++seen_;
    require(event.time >= last_time_, event, "time went back");
    last_time_ = event.time;
    std::visit([&](const auto& body) { see(event, body); }, event.body);
    require(event.counts.total() == connections_.size(), event, "total is not created - closed");
    const auto total = static_cast<std::int64_t>(event.counts.total());
    require(options_.max_pool_size == 0 || total <= options_.max_pool_size, event, "too many");
    require(event.counts.pending <= options_.max_connecting, event, "too many pending");
    require(event.counts.waiting <= check_outs_.size(), event, "more wait than were started");
  }

  /// After a close, when everything was checked in.
  void require_end() const {
    if (state_ != State::closed) throw std::logic_error("the pool was not closed");
    if (!connections_.empty()) throw std::logic_error("a connection was never closed");
    require_no_check_out();
  }
  void require_no_check_out() const {
    if (!check_outs_.empty()) throw std::logic_error("a check-out has no outcome");
  }

  [[nodiscard]] std::size_t seen() const { return seen_; }
  [[nodiscard]] std::int64_t created() const { return last_connection_; }
  /// Connections by the last event about them.
  [[nodiscard]] PoolCounts counts() const {
    PoolCounts counts;
    for (const auto& [id, state] : connections_) {
      switch (state) {
        case Connection::pending:
          ++counts.pending;
          break;
        case Connection::available:
        case Connection::checked_in:
          ++counts.available;
          break;
        case Connection::in_use:
          ++counts.in_use;
          break;
      }
    }
    return counts;
  }

 private:
  enum class State { none, paused, ready, closed };
  enum class Connection { pending, available, in_use, checked_in };

  static void require(bool condition, const Event& event, const std::string& why) {
    if (condition) return;
    throw std::logic_error("illegal " + std::string(event_name(event.type())) + " of connection " +
                           std::to_string(number(connection_of(event.body))) + ": " + why);
  }

  Connection& find(const Event& event, ConnectionId id) {
    const auto found = connections_.find(id);
    require(found != connections_.end(), event, "there is no such connection");
    return found->second;
  }

  void end_check_out(const Event& event, CheckOutId id) {
    require(check_outs_.erase(id) == 1, event, "its check-out is not open");
  }

  void see(const Event& event, const ConnectionPoolCreatedEvent& body) {
    require(state_ == State::none && body.options, event, "not the first event, or no options");
    state_ = State::paused;
  }
  void see(const Event& event, const ConnectionPoolReadyEvent&) {
    require(state_ == State::paused, event, "the pool is not paused");
    state_ = State::ready;
  }
  void see(const Event& event, const ConnectionPoolClearedEvent& body) {
    require(body.service_id.has_value() == options_.load_balanced, event, "service");
    require(body.interrupt_in_use_connections.has_value() != options_.load_balanced, event, "flag");
    if (options_.load_balanced) return;
    require(state_ == State::ready, event, "the pool is not ready");
    state_ = State::paused;
  }
  void see(const Event& event, const ConnectionPoolClosedEvent&) {
    require(state_ == State::paused || state_ == State::ready, event, "closed before");
    require(event.counts.pending == 0 && event.counts.available == 0, event, "some are left");
    state_ = State::closed;
  }
  void see(const Event& event, const ConnectionCreatedEvent& body) {
    require(state_ == State::ready, event, "the pool is not ready");
    require(number(body.connection_id) == ++last_connection_, event, "ids are not dense");
    connections_[body.connection_id] = Connection::pending;
  }
  void see(const Event& event, const ConnectionReadyEvent& body) {
    Connection& connection = find(event, body.connection_id);
    require(connection == Connection::pending, event, "not pending");
    require(state_ == State::ready, event, "the pool is not ready");
    connection = Connection::available;
  }
  void see(const Event& event, const ConnectionClosedEvent& body) {
    const Connection connection = find(event, body.connection_id);
    require(connection != Connection::in_use, event, "closed under its holder");
    require(state_ != State::closed || connection == Connection::checked_in, event, "late");
    connections_.erase(body.connection_id);
  }
  void see(const Event& event, const ConnectionCheckOutStartedEvent& body) {
    require(state_ != State::none, event, "before PoolCreated");
    require(number(body.check_out) == ++last_check_out_, event, "check-out ids are not dense");
    check_outs_.insert(body.check_out);
  }
  void see(const Event& event, const ConnectionCheckOutFailedEvent& body) {
    end_check_out(event, body.check_out);
    require(body.error != nullptr, event, "no error");
    require(state_ != State::closed || body.reason == CheckOutFailedReason::pool_closed, event,
            "another reason on a closed pool");
  }
  void see(const Event& event, const ConnectionCheckedOutEvent& body) {
    end_check_out(event, body.check_out);
    require(state_ == State::ready, event, "the pool is not ready");
    Connection& connection = find(event, body.connection_id);
    require(connection == Connection::available || connection == Connection::checked_in, event,
            "not available");
    connection = Connection::in_use;
  }
  void see(const Event& event, const ConnectionCheckedInEvent& body) {
    Connection& connection = find(event, body.connection_id);
    require(connection == Connection::in_use, event, "not in use");
    connection = Connection::checked_in;
  }

  const ResolvedPoolOptions options_;
  State state_ = State::none;
  TimePoint last_time_{};
  std::size_t seen_ = 0;
  std::int64_t last_connection_ = 0;
  std::int64_t last_check_out_ = 0;
  std::map<ConnectionId, Connection> connections_;
  std::set<CheckOutId> check_outs_;
};

}  // namespace cmap::test
