// The public operations, each one transition of the core and its delivery.
#include "pool/connection_pool.hpp"

#include <utility>

#include "pool/pool_shell.hpp"

namespace cmap {
namespace {

/// On the heap until it was called.
class CallbackReceiver final : public CheckOutReceiver {
 public:
  explicit CallbackReceiver(CheckOutCallback callback) : callback_(std::move(callback)) {}

  void receive(CheckOutResult result) override {
    const std::unique_ptr<CallbackReceiver> self(this);
    callback_(std::move(result));
  }

 private:
  CheckOutCallback callback_;
};

[[noreturn]] void throw_usage(const Address& address, const char* message) {
  throw_error(usage_error(address, message));
}

[[noreturn]] void throw_not_held(const Address& address) {
  throw_usage(address, "This connection is not checked out from this pool");
}

void report_lease_error(PoolShell& shell, const Lease& lease, const ErrorPtr& error,
                        ErrorVerdict verdict) {
  const Address address = shell.address();  // what hears of it may end the shell
  const bool held = shell.report_error(lease, error, verdict);
  if (!held) throw_not_held(address);
}

void set_lease_purpose(PoolShell& shell, const Lease& lease, CheckOutPurpose purpose) {
  const bool held =
      shell.apply([&](PoolCore& core, TimePoint) { return core.set_purpose(lease, purpose); });
  if (!held) throw_not_held(shell.address());
}

bool cancel_check_out(PoolShell& shell, CheckOutRef check_out) {
  return shell.apply([&](PoolCore& core, TimePoint now) { return core.cancel(check_out, now); });
}

}  // namespace

ConnectionHandle::ConnectionHandle(ConnectionHandle&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)),
      lease_(std::exchange(other.lease_, Lease{})),
      exchanging_(std::move(other.exchanging_)) {}

ConnectionHandle& ConnectionHandle::operator=(ConnectionHandle&& other) noexcept {
  if (this != &other) {
    end();
    pool_ = std::exchange(other.pool_, nullptr);
    lease_ = std::exchange(other.lease_, Lease{});
    exchanging_ = std::move(other.exchanging_);
  }
  return *this;
}

ConnectionHandle::~ConnectionHandle() { end(); }

/// A lease that somebody checked in by hand is no error here: there is nobody to tell.
void ConnectionHandle::end() noexcept {
  if (!pool_) return;
  give_up_exchange();
  std::exchange(pool_, nullptr)->end_handle(lease_);
}

/// Nobody may get the reply of somebody else's request.
void ConnectionHandle::give_up_exchange() {
  const auto exchanging = std::exchange(exchanging_, nullptr);
  if (!exchanging || !*exchanging) return;
  const ErrorPtr error = usage_error(pool_->address(), "Checked in before its command had ended");
  pool_->report_error(lease_, error, ErrorVerdict::keep);
}

void ConnectionHandle::check_in() {
  if (!pool_) return;
  give_up_exchange();
  const Address address = pool_->address();
  const bool held = std::exchange(pool_, nullptr)->end_handle(std::exchange(lease_, Lease{}));
  if (!held) throw_not_held(address);
}

void ConnectionHandle::exchange(
    Exchange exchange, std::function<ErrorPtr(const std::vector<std::uint8_t>& reply)> find_error) {
  const auto exchanging = std::make_shared<std::atomic<bool>>(true);
  exchanging_ = exchanging;
  exchange.done = [weak = pool_->weak_from_this(), lease = lease_, exchanging,
                   find_error = std::move(find_error), done = std::move(exchange.done)](
                      ErrorPtr error, std::vector<std::uint8_t> reply) {
    const ErrorPtr found = error || !find_error ? error : find_error(reply);
    const auto pool = weak.lock();
    if (!found || !pool) {
      *exchanging = false;
      return done(std::move(error), std::move(reply));
    }
    pool->operation_failed(lease, found, [exchanging, done, error, reply] {
      *exchanging = false;
      done(error, reply);
    });
  };
  pool_->exchange(lease_.connection, std::move(exchange));
}

void ConnectionHandle::report_error(ErrorPtr error, ErrorVerdict verdict) {
  report_lease_error(*pool_, lease_, error, verdict);
}

void ConnectionHandle::set_purpose(CheckOutPurpose purpose) {
  set_lease_purpose(*pool_, lease_, purpose);
}

const Address& ConnectionHandle::address() const { return pool_->address(); }

std::function<void()> ConnectionHandle::interrupter() const {
  return [weak = pool_->weak_from_this(), lease = lease_, exchanging = exchanging_] {
    const auto pool = weak.lock();
    if (!pool || !exchanging || !*exchanging) return;
    // It perishes first: should the exchange end at this moment, nobody else gets the connection.
    const ErrorPtr error = cancelled_error(pool->address());
    if (pool->report_error(lease, error, ErrorVerdict::keep)) {
      pool->interrupt_exchange(lease.connection, error);
    }
  };
}

Lease ConnectionHandle::release() {
  if (pool_) std::exchange(pool_, nullptr)->drop_handle();
  return std::exchange(lease_, Lease{});
}

ConnectionPool::ConnectionPool(Address address, const PoolOptions& options,
                               Environment& environment, PoolHooks hooks)
    : shell_(
          std::make_shared<PoolShell>(std::move(address), options, environment, std::move(hooks))) {
  shell_->start();
}

ConnectionPool::~ConnectionPool() {
  close();
  shell_->leave_to_handles();
}

void ConnectionPool::ready() {
  shell_->apply([](PoolCore& core, TimePoint now) { core.ready(now); });
}

void ConnectionPool::clear(const ClearRequest& request) {
  if (shell_->is_load_balanced()) {
    throw_usage(address(), "A load-balanced pool is cleared by service (clear_service)");
  }
  shell_->apply([&](PoolCore& core, TimePoint now) { core.clear(request, now); });
}

void ConnectionPool::clear_service(const ServiceId& service) {
  if (!shell_->is_load_balanced()) {
    throw_usage(address(), "Only a load-balanced pool is cleared by service (use clear)");
  }
  shell_->apply([&](PoolCore& core, TimePoint now) { core.clear_service(service, now); });
}

void ConnectionPool::close() {
  shell_->apply([](PoolCore& core, TimePoint now) { core.close(now); });
}

void ConnectionPool::reset_after_fork() {
  shell_->apply([](PoolCore& core, TimePoint now) { core.reset_after_fork(now); });
}

ConnectionHandle ConnectionPool::check_out(const CheckOutRequest& request) {
  if (DeliveryQueue::is_delivering_here()) {
    throw_usage(address(),
                "A blocking check-out from inside a listener or a completion callback would wait "
                "for itself; use the callback form there");
  }
  return shell_->check_out(request);
}

CheckOutRef ConnectionPool::check_out(const CheckOutRequest& request, CheckOutCallback callback) {
  return shell_->start_check_out(request, *new CallbackReceiver(std::move(callback)));
}

std::function<void()> ConnectionPool::canceller(CheckOutRef check_out) {
  return [weak = std::weak_ptr(shell_), check_out] {
    const auto shell = weak.lock();
    if (shell) cancel_check_out(*shell, check_out);
  };
}

bool ConnectionPool::cancel(CheckOutRef check_out) { return cancel_check_out(*shell_, check_out); }

void ConnectionPool::check_in(const Lease& lease) {
  const Address here = address();
  if (!shell_->check_in(lease)) throw_not_held(here);
}

void ConnectionPool::set_purpose(const Lease& lease, CheckOutPurpose purpose) {
  set_lease_purpose(*shell_, lease, purpose);
}

void ConnectionPool::report_error(const Lease& lease, ErrorPtr error, ErrorVerdict verdict) {
  report_lease_error(*shell_, lease, error, verdict);
}

Subscription ConnectionPool::subscribe(EventListener listener, EventTimes times) {
  return Subscription(shell_->subscribe(std::move(listener), times));
}

const Address& ConnectionPool::address() const { return shell_->address(); }

PoolState ConnectionPool::state() const {
  return shell_->read([](const PoolCore& core) { return core.state(); });
}

Generation ConnectionPool::generation() const {
  return shell_->read([](const PoolCore& core) { return core.generation(); });
}

PoolCounts ConnectionPool::counts() const {
  return shell_->read([](const PoolCore& core) { return core.counts(); });
}

PurposeCounts ConnectionPool::in_use_by_purpose() const {
  return shell_->read([](const PoolCore& core) { return core.in_use_by_purpose(); });
}

std::size_t ConnectionPool::armed_deadlines() const {
  return shell_->read([](const PoolCore& core) { return core.armed_deadlines(); });
}

void ConnectionPool::when_drained(std::function<void()> callback) {
  shell_->when_drained(std::move(callback));
}

void ConnectionPool::check_invariants() const {
  shell_->read([](const PoolCore& core) { core.check_invariants(); });
}

void ConnectionPool::visit_state(StateVisitor& visitor) const { shell_->visit_state(visitor); }

}  // namespace cmap
