// The model's WaitQueue and the outcomes of check-outs: each has exactly one (principle 5).
#include <algorithm>
#include <utility>

#include "sim/reference_model/model_pool.hpp"

namespace cmap::sim {

void ModelPool::serve_queue() {  // A-WQ-2, A-WQ-4, A-OUT-3, R5
  hand_out_available();
  create_for_waiters();
}

void ModelPool::hand_out_available() {  // A-OUT-2
  while (!queue_.empty()) {
    const std::optional<ConnectionId> good = take_newest_good_connection();
    if (!good) return;
    succeed(leave_queue(), connections_.at(*good));
  }
}

void ModelPool::create_for_waiters() {  // A-OUT-3: who creates has left the queue
  while (!queue_.empty() && may_create()) {
    const CheckOutId head = leave_queue();
    WaitingCheckOut& check_out = check_outs_.at(head);
    const bool ends = !check_out.has_own_deadline || has(Defect::deadline_ends_with_queue);
    if (ends) check_out.deadline.reset();  // A-OPT-6: waitQueueTimeoutMS bounds queueing only
    Connection& connection = create();
    connection.bound_to = head;
    start_establishing(connection.id);
  }
}

std::optional<ConnectionId> ModelPool::take_newest_good_connection() {  // R6, A-OUT-2
  while (count(State::available) > 0) {
    const ConnectionId newest = available_oldest_first().back();
    const auto perished = why_perished(connections_.at(newest));
    if (!perished) return newest;
    close_connection(newest, *perished);
  }
  return std::nullopt;
}

CheckOutId ModelPool::leave_queue() {
  const bool from_back = has(Defect::lifo_queue);
  const CheckOutId head = from_back ? queue_.back() : queue_.front();
  from_back ? queue_.pop_back() : queue_.pop_front();
  return head;
}

void ModelPool::succeed(CheckOutId check_out, Connection& connection) {  // A-OUT-8
  const WaitingCheckOut over = std::move(check_outs_.at(check_out));
  check_outs_.erase(check_out);
  connection.state = State::in_use;
  connection.bound_to.reset();
  connection.holder = check_out;
  connection.purpose = over.purpose;
  emit(ConnectionCheckedOutEvent{
      .connection_id = connection.id, .duration = since(over.started), .check_out = check_out});
  const CheckedOut lease{.connection = connection.id,
                         .handle = static_cast<std::uint64_t>(number(check_out)),
                         .tag = number_};
  append(
      CheckOutCompleted{.check_out = {.id = check_out},
                        .lease = {.connection = {.id = connection.id}}},
      [done = over.done, lease](const Effect&) { done({.checked_out = lease, .error = nullptr}); });
}

void ModelPool::fail(CheckOutId check_out, CheckOutFailedReason reason, const ErrorPtr& error) {
  const WaitingCheckOut over = std::move(check_outs_.at(check_out));
  check_outs_.erase(check_out);
  queue_.erase(std::remove(queue_.begin(), queue_.end(), check_out), queue_.end());  // A-WQ-3
  for (auto& [id, connection] : connections_) {
    // Principle 5: its establishment goes on, for whoever comes next.
    if (connection.bound_to == check_out) connection.bound_to.reset();
  }
  if (!has(Defect::no_failed_event)) {
    emit(ConnectionCheckOutFailedEvent{
        .reason = reason, .duration = since(over.started), .check_out = check_out, .error = error});
  }
  append(CheckOutCompleted{.check_out = {.id = check_out}, .error = error},
         [done = over.done, error](const Effect&) { done({.checked_out = {}, .error = error}); });
}

void ModelPool::fail_bound(std::optional<CheckOutId> check_out, CheckOutFailedReason reason,
                           const ErrorPtr& error) {
  if (check_out) fail(*check_out, reason, error);
}

void ModelPool::fail_waiters(CheckOutFailedReason reason, const ErrorPtr& error) {  // A-CLR-3, R7
  while (!queue_.empty()) fail(queue_.front(), reason, error);
}

ErrorPtr ModelPool::timeout_error(const WaitingCheckOut& check_out) const {
  const ErrorPtr timeout =
      options_.load_balanced
          ? wait_queue_timeout_error(address_, options_.max_pool_size, purposes_in_use())  // A-LB-6
          : wait_queue_timeout_error(address_);                                   // A-ERR-3
  return check_out.has_own_deadline ? deadline_exceeded_error(address_, timeout)  // D-CSOT-5
                                    : timeout;
}

}  // namespace cmap::sim
