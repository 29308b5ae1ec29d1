// The model's inputs other than those of its life: what begins, what ends and delivers a
// transition.
#include "sim/reference_model/model_pool.hpp"

#include <utility>

namespace cmap::sim {

/// In the environment's queue. What is left there when the pool is gone does nothing.
class ModelPool::Consequence final : public EffectTarget {
 public:
  Consequence(const std::shared_ptr<bool>& pool_lives,
              std::function<void(const Effect& what)> consequence)
      : pool_lives_(pool_lives), consequence_(std::move(consequence)) {}
  void carry_out(Effect& what) override {
    if (!pool_lives_.expired()) std::exchange(consequence_, nullptr)(what);
  }

 private:
  const std::weak_ptr<bool> pool_lives_;
  std::function<void(const Effect& what)> consequence_;
};

ModelPool::ModelPool(const PoolSetup& setup, Environment& environment, Defect defect)
    : address_(setup.address),
      number_(setup.number),
      options_((require_valid(setup.options), resolve(setup.options))),
      listener_(setup.listener),
      environment_(environment),
      defect_(defect),
      now_(environment.now()),
      process_generation_(environment.process_generation()),
      deliveries_(environment.make_delivery_queue()),
      timer_(environment.make_timer([this] { timer_fired(); })),
      transport_(environment.make_transport(setup.address, *this)) {
  // A-POOL-2, A.9
  const auto shown = std::make_shared<const PoolOptions>(non_default(setup.options));
  emit(ConnectionPoolCreatedEvent{.options = shown});
  deliver();
}

ModelPool::~ModelPool() = default;

// ------------------------------------------------------------------------------- transitions

void ModelPool::begin() {
  now_ = environment_.now();
  if (environment_.process_generation() != process_generation_) reset_now();  // A-FORK-1
  expire(false);
}

void ModelPool::end() {
  arm_timer();
  deliver();
}

void ModelPool::end(const Done& done, const ErrorPtr& error) {
  arm_timer();
  if (DeliveryQueue::is_delivering_here()) {
    deliver();
    done(error);  // principle 7: from inside a delivery it returns after its transition
  } else {
    append(CheckOutCompleted{.error = error}, [done, error](const Effect&) { done(error); });
    deliver();
  }
}

void ModelPool::append(Effect what, std::function<void(const Effect& what)> consequence) {
  consequences_.push_back({std::move(what), std::move(consequence)});
}

void ModelPool::emit(EventBody body) {
  append(Event{address_, now_, counts(), std::move(body)}, [this](const Effect& what) {
    try {
      if (listener_) listener_(std::get<Event>(what));
    } catch (...) {  // principle 7: listeners may throw
    }
  });
}

void ModelPool::deliver() {
  while (!consequences_.empty()) {
    Outbox outbox;
    Appended next = std::move(consequences_.front());
    consequences_.pop_front();
    outbox.push_back(std::move(next.what));
    const auto position = deliveries_->append(
        std::make_shared<Consequence>(lives_, std::move(next.consequence)), outbox);
    if (consequences_.empty()) deliveries_->deliver(position);
  }
}

// ------------------------------------------------------------------------------- check-out

std::uint64_t ModelPool::check_out(const CheckOutRequest& request, CheckOutDone done) {
  begin();
  const CheckOutId id = next(last_check_out_);
  last_check_out_ = id;
  check_outs_[id] = {.id = id,
                     .started = now_,
                     .purpose = request.purpose,
                     .has_own_deadline = request.deadline.has_value(),
                     .deadline = request.deadline,
                     .done = std::move(done)};
  emit(ConnectionCheckOutStartedEvent{.check_out = id});  // A-OUT-1
  if (state_ == PoolState::closed) {                      // A-CLS-3
    fail(id, CheckOutFailedReason::pool_closed, pool_closed_error(address_));
  } else if (state_ == PoolState::paused) {  // A-OUT-5
    fail(id, CheckOutFailedReason::connection_error, pool_cleared_error(address_, last_cause_));
  } else {
    queue_.push_back(id);  // A-WQ-2
    if (request.deadline && *request.deadline <= now_) {
      // No time to wait or to establish: it gets what is at hand (CheckOutRequest::deadline).
      hand_out_available();
      if (check_outs_.contains(id)) expire_check_out(id);
    } else {
      if (!request.deadline && options_.wait_queue_timeout > Duration::zero()) {
        check_outs_[id].deadline = saturating_sum(now_, options_.wait_queue_timeout);  // A-OPT-6
      }
      serve_queue();
    }
  }
  end();
  return static_cast<std::uint64_t>(number(id));
}

void ModelPool::cancel(std::uint64_t check_out, Done done) {
  begin();
  const auto id = static_cast<CheckOutId>(check_out);
  if (check_outs_.contains(id)) {  // principle 5
    fail(id, CheckOutFailedReason::timeout, cancelled_error(address_));
  }
  end(done, nullptr);
}

// ------------------------------------------------------------------------------- leases

void ModelPool::check_in(const CheckedOut& checked_out, Done done) {
  begin();
  Connection* connection = find_held(checked_out);
  if (connection == nullptr) {  // A-IN-1
    end(done, not_held_error());
    return;
  }
  emit(ConnectionCheckedInEvent{.connection_id = connection->id});  // A-IN-2
  const auto perished = why_perished(*connection);
  if (perished) {  // A-IN-3, R12
    close_connection(connection->id, *perished);
  } else if (state_ == PoolState::closed) {  // A-CLS-2
    close_connection(connection->id, ConnectionClosedReason::pool_closed);
  } else {
    make_available(*connection);
  }
  serve_queue();  // R22
  end(done, nullptr);
}

/// A note about a lease, no transition: time does not matter to it.
void ModelPool::set_purpose(const CheckedOut& checked_out, CheckOutPurpose purpose, Done done) {
  Connection* connection = find_held(checked_out);
  if (connection != nullptr) connection->purpose = purpose;  // A-LB-6
  end(done, connection != nullptr ? nullptr : not_held_error());
}

void ModelPool::connection_failed(const CheckedOut& checked_out, ErrorPtr error,
                                  ErrorVerdict verdict, Done done) {
  begin();
  Connection* connection = find_held(checked_out);
  if (connection != nullptr) mark_failed(*connection, error, verdict);
  end(done, connection != nullptr ? nullptr : not_held_error());
}

// ------------------------------------------------------------------------------- the transport

void ModelPool::handshake_command_begins(ConnectionRef ref) {
  begin();
  Connection* connection = find(ref.id);
  const bool counts_here = options_.handshake_timeout && connection != nullptr &&
                           connection->state == State::pending && !connection->was_timed_out;
  if (counts_here) {  // D-CSOT-2, D-CSOT-3: from here its own time counts, and no other
    connection->establishment_deadline.reset();
    if (*options_.handshake_timeout > Duration::zero()) {
      connection->establishment_deadline = saturating_sum(now_, *options_.handshake_timeout);
    }
  }
  end();
}

void ModelPool::hello_completed(ConnectionRef ref, std::optional<ServiceId> service_id) {
  begin();
  Connection* connection = find(ref.id);
  const bool counts_here = options_.load_balanced && connection != nullptr &&
                           connection->state == State::pending && !connection->service;
  if (counts_here && service_id) {  // A-LB-1, A-LB-2
    connection->service = service_id;
    connection->generation = services_.try_emplace(*service_id, Generation::initial).first->second;
  } else if (counts_here && !connection->was_timed_out) {  // A-LB-4
    establishment_failed(ref.id, not_load_balanced_error(address_), ErrorVerdict::keep);
  }
  end();
}

void ModelPool::established(ConnectionRef ref) {
  begin();
  Connection* connection = find(ref.id);
  if (connection != nullptr && connection->state == State::pending && !connection->was_timed_out) {
    establishment_succeeded(ref.id);
  }
  end();
}

void ModelPool::failed(ConnectionRef ref, ErrorPtr error) {
  begin();
  Connection* connection = find(ref.id);
  if (connection != nullptr && connection->state == State::pending) {
    const bool before_service = options_.load_balanced && !connection->service;  // A-LB-8
    establishment_failed(ref.id, error,
                         before_service ? ErrorVerdict::keep : establishment_verdict(*error));
  } else if (connection != nullptr) {
    mark_failed(*connection, error, ErrorVerdict::keep);  // the peer closed it
  }
  end();
}

void ModelPool::transport_closed(ConnectionRef /*ref*/) {
  begin();
  --closing_transports_;
  note_if_drained();
  end();
}

}  // namespace cmap::sim
