// What the core's future depends on. Left out: `now_`, which every input replaces; slots, which are
// only ways to find things; numbers of events and inputs.
#include <algorithm>

#include "pool/core/pool_core.hpp"
#include "pool/core/state_visitor.hpp"

namespace cmap {
namespace {

void visit(StateVisitor& visitor, const Connection& connection) {
  visitor.connection(connection.ref.id);
  visitor.choice(connection.state);
  visitor.time(connection.created);
  visitor.flag(connection.generation.has_value());
  if (connection.generation) visitor.generation(*connection.generation);
  visitor.flag(connection.service.has_value());
  if (connection.service) visitor.service(*connection.service);
  visitor.check_out(connection.bound.id);
  visitor.flag(connection.for_population);
  visitor.flag(connection.timed_out);
  visitor.flag(connection.deadline != Deadlines::none);
  visitor.flag(connection.state == ConnectionState::available);
  if (connection.state == ConnectionState::available) visitor.time(connection.available_since);
  visitor.check_out(connection.holder);
  visitor.choice(connection.purpose);
  visitor.flag(connection.interrupted);
  visitor.error(connection.error);
  visitor.flag(connection.abandoned);
}

void visit(StateVisitor& visitor, const CheckOut& check_out) {
  visitor.check_out(check_out.ref.id);
  visitor.flag(check_out.request.deadline.has_value());
  if (check_out.request.deadline) visitor.time(*check_out.request.deadline);
  visitor.choice(check_out.request.purpose);
  visitor.time(check_out.started);
  visitor.connection(check_out.connection.id);
  visitor.flag(check_out.deadline != Deadlines::none);
  visitor.flag(check_out.queued);
}

}  // namespace

void PoolCore::visit_state(StateVisitor& visitor) const {
  visitor.generation(generation_);
  visitor.choice(state_);
  visitor.error(clear_cause_);
  visitor.last_connection(connections_.last_id());
  visitor.last_check_out(check_outs_.last_id());

  visitor.word(live_.size());
  for (const Connection* each = live_.first(); each; each = live_.next(*each)) {
    visit(visitor, *each);
    const CheckOut* bound = check_outs_.find(each->bound);
    visitor.flag(bound != nullptr);
    if (bound) visit(visitor, *bound);
  }
  visitor.word(available_.size());
  for (const Connection* each = available_.first(); each; each = available_.next(*each)) {
    visitor.connection(each->ref.id);
  }
  visitor.word(wait_queue_.size());
  for (const CheckOut* each = wait_queue_.first(); each; each = wait_queue_.next(*each)) {
    visit(visitor, *each);
  }
  visitor.word(check_outs_.size());
  visitor.word(services_.size());
  services_.for_each([&](const ServiceId& service) {
    visitor.service(service);
    visitor.word(static_cast<std::uint64_t>(number(services_.generation(service))));
    visitor.word(static_cast<std::uint64_t>(services_.connections(service)));
    visitor.error(services_.cause(service));
  });
  for (const std::int64_t count : {std::int64_t{pending_}, std::int64_t{in_use_}, purposes_.other,
                                   purposes_.cursor, purposes_.transaction}) {
    visitor.word(static_cast<std::uint64_t>(count));
  }

  for (const Deadlines::Deadline& deadline : deadlines_.in_order()) {
    visitor.time(deadline.when);
    visitor.choice(deadline.owner);
    if (deadline.owner == Deadlines::Owner::check_out) {
      visitor.check_out(static_cast<CheckOutId>(deadline.id));
    } else {
      visitor.connection(static_cast<ConnectionId>(deadline.id));
    }
  }
  visitor.word(deadlines_.size());
  visitor.flag(next_run_.has_value());
  if (next_run_) visitor.time(*next_run_);
  visitor.flag(populating_);
  visitor.word(closing_transports_);
  visitor.flag(drained_);
}

}  // namespace cmap
