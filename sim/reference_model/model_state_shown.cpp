// What the model's future depends on.
#include "sim/reference_model/model_pool.hpp"

namespace cmap::sim {
namespace {

void show(StateVisitor& visitor, const std::optional<TimePoint>& time) {
  visitor.flag(time.has_value());
  if (time) visitor.time(*time);
}

void show(StateVisitor& visitor, const ModelConnection& connection) {
  using State = ModelConnection::State;
  visitor.connection(connection.id);
  visitor.choice(connection.state);
  visitor.time(connection.created);
  visitor.flag(connection.generation.has_value());
  if (connection.generation) visitor.generation(*connection.generation);
  visitor.flag(connection.service.has_value());
  if (connection.service) visitor.service(*connection.service);
  visitor.flag(connection.by_background_run);
  visitor.check_out(connection.bound_to.value_or(CheckOutId::none));
  show(visitor, connection.establishment_deadline);
  visitor.flag(connection.was_timed_out);
  if (connection.state == State::available) visitor.time(connection.available_since);
  if (connection.state == State::in_use) {
    visitor.check_out(connection.holder);
    visitor.choice(connection.purpose);
  }
  visitor.error(connection.error);
  visitor.flag(connection.was_interrupted);
  visitor.flag(connection.was_inherited);
}

}  // namespace

bool ModelPool::visit_state(StateVisitor& visitor) const {
  visitor.generation(generation_);
  visitor.choice(state_);
  visitor.error(last_cause_);
  visitor.last_connection(last_connection_);
  visitor.last_check_out(last_check_out_);
  visitor.word(connections_.size());
  for (const auto& [id, connection] : connections_) show(visitor, connection);
  for (const ConnectionId id : available_oldest_first()) visitor.connection(id);

  visitor.word(check_outs_.size());
  for (const auto& [id, check_out] : check_outs_) {
    visitor.check_out(id);
    visitor.time(check_out.started);
    visitor.choice(check_out.purpose);
    visitor.flag(check_out.has_own_deadline);
    show(visitor, check_out.deadline);
  }
  visitor.word(queue_.size());
  for (const CheckOutId id : queue_) visitor.check_out(id);

  visitor.word(services_.size());
  for (const auto& [service, generation] : services_) {
    visitor.service(service);
    visitor.word(static_cast<std::uint64_t>(number(generation)));
  }
  visitor.word(service_causes_.size());
  for (const auto& [service, cause] : service_causes_) {
    visitor.service(service);
    visitor.error(cause);
  }
  show(visitor, next_run_);
  visitor.word(static_cast<std::uint64_t>(forgotten_permits_));
  visitor.word(static_cast<std::uint64_t>(closing_transports_));
  visitor.flag(was_drained_);
  show(visitor, armed_);
  return true;
}

}  // namespace cmap::sim
