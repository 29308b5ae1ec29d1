// cmap::ConnectionPool as a pool under test.
#include <utility>

#include "pool/connection_pool.hpp"
#include "sim/pool_under_test.hpp"
#include "sim/world.hpp"

namespace cmap::sim {
namespace {

/// Pool ids and slots fit: both count what one process makes.
CheckedOut to_checked_out(const Lease& lease) {
  return {.connection = lease.connection.id,
          .handle = static_cast<std::uint64_t>(lease.check_out),
          .tag = static_cast<std::uint64_t>(lease.pool) << 32 | lease.connection.slot};
}

Lease to_lease(const CheckedOut& checked_out) {
  return {.pool = static_cast<PoolId>(checked_out.tag >> 32),
          .connection = {.id = checked_out.connection,
                         .slot = static_cast<std::uint32_t>(checked_out.tag)},
          .check_out = static_cast<CheckOutId>(checked_out.handle)};
}

class ConnectionPoolUnderTest final : public PoolUnderTest {
 public:
  ConnectionPoolUnderTest(const PoolSetup& setup, Environment& environment)
      : deliveries_(environment.make_delivery_queue()),
        pool_(setup.address, setup.options, environment, PoolHooks{.listeners = {setup.listener}}) {
  }

  void ready(Done done) override {
    perform(std::move(done), [this] { pool_.ready(); });
  }
  void clear(const ClearRequest& request, Done done) override {
    perform(std::move(done), [&] { pool_.clear(request); });
  }
  void close(Done done) override {
    perform(std::move(done), [this] { pool_.close(); });
  }
  void check_in(const CheckedOut& checked_out, Done done) override {
    perform(std::move(done), [&] { pool_.check_in(to_lease(checked_out)); });
  }

  std::uint64_t check_out(const CheckOutRequest& request, CheckOutDone done) override {
    const CheckOutRef ref =
        pool_.check_out(request, [done = std::move(done)](CheckOutResult result) {
          CheckOutOutcome outcome{.checked_out = {}, .error = std::move(result.error)};
          if (!outcome.error) outcome.checked_out = to_checked_out(result.connection.release());
          done(std::move(outcome));
        });
    return static_cast<std::uint64_t>(ref.id) << 32 | ref.slot;
  }
  void cancel(std::uint64_t check_out, Done done) override {
    const CheckOutRef ref{.id = static_cast<CheckOutId>(check_out >> 32),
                          .slot = static_cast<std::uint32_t>(check_out)};
    perform(std::move(done), [&] { pool_.cancel(ref); });
  }

  void clear_service(const ServiceId& service, Done done) override {
    perform(std::move(done), [&] { pool_.clear_service(service); });
  }
  void reset_after_fork(Done done) override {
    perform(std::move(done), [this] { pool_.reset_after_fork(); });
  }
  void set_purpose(const CheckedOut& checked_out, CheckOutPurpose purpose, Done done) override {
    perform(std::move(done), [&] { pool_.set_purpose(to_lease(checked_out), purpose); });
  }
  void connection_failed(const CheckedOut& checked_out, ErrorPtr error, ErrorVerdict verdict,
                         Done done) override {
    perform(std::move(done),
            [&] { pool_.report_error(to_lease(checked_out), std::move(error), verdict); });
  }

  [[nodiscard]] std::optional<PoolSnapshot> snapshot() const override {
    return PoolSnapshot{.state = pool_.state(),
                        .generation = pool_.generation(),
                        .counts = pool_.counts(),
                        .armed_deadlines = static_cast<std::int64_t>(pool_.armed_deadlines())};
  }
  void check_invariants() const override { pool_.check_invariants(); }
  bool visit_state(StateVisitor& visitor) const override {
    pool_.visit_state(visitor);
    return true;
  }

 private:
  /// The end of an operation, in its place among the effects: behind its own.
  class Return final : public EffectTarget {
   public:
    Return(Done done, ErrorPtr error) : done_(std::move(done)), error_(std::move(error)) {}
    void carry_out(Effect&) override { done_(error_); }

   private:
    Done done_;
    ErrorPtr error_;
  };

  template <typename Operation>
  void perform(Done done, Operation&& operation) {
    const bool nested = DeliveryQueue::is_delivering_here();
    ErrorPtr error;
    try {
      operation();
    } catch (const PoolError& thrown) {
      error = thrown.shared();
    }
    if (nested) {
      done(error);  // from inside a delivery an operation returns after its transition
      return;
    }
    Outbox outbox;  // of the call: on real threads there are several at once
    outbox.emplace_back(CheckOutCompleted{.error = error});
    const auto position =
        deliveries_->append(std::make_shared<Return>(std::move(done), std::move(error)), outbox);
    deliveries_->deliver(position);  // a world that schedules deliveries does it later
  }

  const std::shared_ptr<DeliveryQueue> deliveries_;
  ConnectionPool pool_;
};

}  // namespace

PoolFactory connection_pool() {
  return [](const PoolSetup& setup, Environment& environment) {
    return std::make_unique<ConnectionPoolUnderTest>(setup, environment);
  };
}

}  // namespace cmap::sim
