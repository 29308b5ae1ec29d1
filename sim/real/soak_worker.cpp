// Each action, and what its caller may expect. No handle ends under a lock: a check-in delivers,
// and what is delivered may come back to the same hand.
#include "sim/real/soak_worker.hpp"

#include <utility>

#include "pool/asio/steady_time.hpp"
#include "pool/client/run_command.hpp"
#include "pool/wire/bson_builder.hpp"

namespace cmap::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_kept = 2;
constexpr std::size_t most_subscriptions = 4;

constexpr Rule refused_inside{
    "A-OUT-4",
    "a blocking call from inside a callback is refused, because it would wait for itself"};
constexpr Rule cancelled_once{"A-EV-3", "cancel tells whether it was what ended the check-out"};
constexpr Rule one_call{"A-EV-3", "a callback is called once"};
constexpr Rule one_check_in{"A-IN-1", "a second check-in of the same lease is refused"};
constexpr Rule generation_grows{"A-CLR-1", "the generation never goes back"};
constexpr Rule in_order{"A-EV-2", "a listener sees events in the order of their times"};

const wire::Document& ping_command() {
  static const wire::Document command = wire::DocumentBuilder().int32("ping", 1).build();
  return command;
}

template <typename Call>
bool is_refused(Call&& call) {
  try {
    call();
  } catch (const PoolError& error) {
    return error.error().type == ErrorType::usage;
  }
  return false;
}

/// For a callback that must be called once.
class Once {
 public:
  explicit Once(SoakWatch& watch) : watch_(watch) {}
  void called() { watch_.demand(!called_.exchange(true), one_call, "called again"); }

 private:
  SoakWatch& watch_;
  std::atomic<bool> called_ = false;
};

/// A listener that checks the order, and does something to the pool, once.
class Listener {
 public:
  Listener(ConnectionPool& pool, SoakWatch& watch, std::uint32_t pick)
      : pool_(pool), watch_(watch), pick_(pick) {}

  void operator()(const Event& event) {
    watch_.demand(event.time >= last_, in_order, "a listener saw an earlier event later");
    last_ = event.time;
    if (std::exchange(acted_, true)) return;
    switch (pick_ % 5) {
      case 0:
        return pool_.ready();
      case 1:
        return watch_.look_at(pool_);
      case 2:
        watch_.demand(is_refused([&] { pool_.check_out(); }), refused_inside, "check_out");
        return;
      case 3:
        throw SoakThrows();
      default:
        return;
    }
  }

 private:
  ConnectionPool& pool_;
  SoakWatch& watch_;
  const std::uint32_t pick_;
  TimePoint last_;
  bool acted_ = false;
};

}  // namespace

void SoakHand::expect() {
  const std::lock_guard lock(mutex_);
  ++expected_;
}

void SoakHand::done() {
  const std::lock_guard lock(mutex_);
  --expected_;
  changed_.notify_all();
}

void SoakHand::keep(ConnectionHandle connection) {
  const std::lock_guard lock(mutex_);
  if (!dropping_) kept_.push_back(std::move(connection));
}

ConnectionHandle SoakHand::take(std::size_t pick) {
  const std::lock_guard lock(mutex_);
  if (kept_.empty()) return {};
  std::swap(kept_[pick % kept_.size()], kept_.back());
  ConnectionHandle connection = std::move(kept_.back());
  kept_.pop_back();
  return connection;
}

std::size_t SoakHand::size() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

bool SoakHand::is_free() const {
  const std::lock_guard lock(mutex_);
  return kept_.empty() && expected_ == 0;
}

void SoakHand::drop_all() {
  std::vector<ConnectionHandle> dropped;
  {
    const std::lock_guard lock(mutex_);
    dropping_ = true;
    dropped.swap(kept_);
  }
  dropped.clear();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return expected_ == 0; });
}

SoakWorker::SoakWorker(ConnectionPool& pool, SoakWatch& watch, SoakSteps steps)
    : pool_(pool), watch_(watch), steps_(steps) {}

void SoakWorker::run(std::size_t steps, std::optional<std::size_t> closes_at,
                     const std::atomic<bool>& stopping) {
  for (std::size_t i = 0; i < steps && !stopping && !watch_.failed(); ++i) {
    SoakStep step = steps_.next();
    if (closes_at == i) step.action = SoakAction::close;
    take(step);
    watch_.step_ends();
  }
  hand_->drop_all();
  subscriptions_.clear();
}

void SoakWorker::take(const SoakStep& step) {
  switch (step.action) {
    case SoakAction::check_out:
      return check_out(step);
    case SoakAction::check_out_later:
      return check_out_later(step);
    case SoakAction::check_out_and_cancel:
      return check_out_and_cancel(step);
    case SoakAction::check_in:
      return check_in(step);
    case SoakAction::ping:
      return ping(step);
    case SoakAction::ping_later:
      return ping_later(step);
    case SoakAction::interrupt:
      return interrupt(step);
    case SoakAction::abandon:
      return abandon(step);
    case SoakAction::report_error:
      return report_error(step);
    case SoakAction::clear:
      return pool_.clear();
    case SoakAction::clear_interrupting:
      return pool_.clear({.interrupt_in_use_connections = true});
    case SoakAction::ready:
      return pool_.ready();
    case SoakAction::look:
      return look();
    case SoakAction::subscribe:
      return subscribe(step);
    case SoakAction::unsubscribe:
      return unsubscribe(step);
    case SoakAction::close:
      return pool_.close();
  }
}

/// Whoever has a connection must not wait for another one without a limit: others do the same.
CheckOutRequest SoakWorker::request_of(const SoakStep& step) const {
  constexpr Duration limit_of_holders = 20ms;
  CheckOutRequest request;
  if (step.check_out_limit) {
    request.deadline = steady_now() + *step.check_out_limit;
  } else if (!hand_->is_free()) {
    request.deadline = steady_now() + limit_of_holders;
  }
  return request;
}

void SoakWorker::check_out(const SoakStep& step) {
  if (hand_->size() >= most_kept) return check_in(step);
  watch_.check_out_begins();
  try {
    ConnectionHandle connection = pool_.check_out(request_of(step));
    watch_.check_out_ends(connection);
    hand_->keep(std::move(connection));
  } catch (const PoolError& error) {
    watch_.check_out_ends(error.error());
    // As a monitor would, that finds the server well again.
    if (error.error().type == ErrorType::pool_cleared && step.pick % 8 != 0) pool_.ready();
  }
}

void SoakWorker::check_out_later(const SoakStep& step) {
  if (hand_->size() >= most_kept) return check_in(step);
  const auto once = std::make_shared<Once>(watch_);
  watch_.check_out_begins();
  hand_->expect();
  pool_.check_out(request_of(step), [this, once, hand = hand_, step](CheckOutResult result) {
    once->called();
    if (result.error) {
      watch_.check_out_ends(*result.error);
    } else {
      watch_.check_out_ends(result.connection);
      if (step.pick % 4 == 0) {
        watch_.demand(is_refused([&] { pool_.check_out(); }), refused_inside, "check_out");
      }
      if (step.pick % 3 == 0) result.connection.check_in();
      if (result.connection) hand->keep(std::move(result.connection));
    }
    hand->done();
  });
}

void SoakWorker::check_out_and_cancel(const SoakStep& step) {
  const auto outcome = std::make_shared<std::atomic<ErrorType>>(ErrorType::usage);
  const auto once = std::make_shared<Once>(watch_);
  watch_.check_out_begins();
  hand_->expect();
  const CheckOutRef ref =
      pool_.check_out(request_of(step), [this, once, outcome, hand = hand_](CheckOutResult result) {
        once->called();
        if (result.error) {
          *outcome = result.error->type;
          watch_.check_out_ends(*result.error);
        } else {
          watch_.check_out_ends(result.connection);
          result.connection.check_in();
        }
        hand->done();
      });
  if (step.pick % 2 == 0) return pool_.canceller(ref)();
  const bool cancelled = pool_.cancel(ref);
  // It has returned, so its effects were delivered.
  const bool is_told = *outcome == ErrorType::cancelled;
  watch_.demand(cancelled == is_told, cancelled_once, cancelled ? "true" : "false");
}

void SoakWorker::check_in(const SoakStep& step) {
  ConnectionHandle connection = hand_->take(step.pick);
  if (!connection) return;
  switch (step.pick % 3) {
    case 0:
      return connection.check_in();
    case 1:
      return check_in_by_lease(std::move(connection));
    default:
      return;  // its destructor does it
  }
}

void SoakWorker::check_in_by_lease(ConnectionHandle connection) {
  const Lease lease = connection.release();
  pool_.check_in(lease);
  watch_.demand(is_refused([&] { pool_.check_in(lease); }), one_check_in, "accepted");
}

void SoakWorker::ping(const SoakStep& step) {
  ConnectionHandle connection = hand_->take(step.pick);
  if (!connection) return;
  watch_.command_begins();
  try {
    const CommandOptions options{.deadline = steady_now() + step.command_limit};
    watch_.command_ends(nullptr, run_command(connection, ping_command(), options));
    hand_->keep(std::move(connection));
  } catch (const PoolError& error) {
    watch_.command_ends(&error.error(), {});
    if (step.pick % 2 == 0) hand_->keep(std::move(connection));
  }
}

void SoakWorker::start_ping(const SoakStep& step,
                            const std::shared_ptr<ConnectionHandle>& connection,
                            Afterwards afterwards) {
  const auto once = std::make_shared<Once>(watch_);
  watch_.command_begins();
  hand_->expect();
  // Its own handle must not keep an abandoned connection.
  const auto held = afterwards == Afterwards::check_in ? connection : nullptr;
  run_command(*connection, ping_command(), {.deadline = steady_now() + step.command_limit},
              [this, once, afterwards, held, hand = hand_](const ErrorPtr& error,
                                                           const wire::Document& reply) {
                once->called();
                watch_.command_ends(error.get(), reply, afterwards == Afterwards::abandoned);
                if (held) held->check_in();
                hand->done();
              });
}

void SoakWorker::ping_later(const SoakStep& step) {
  const auto connection = std::make_shared<ConnectionHandle>(hand_->take(step.pick));
  if (*connection) start_ping(step, connection, Afterwards::check_in);
}

void SoakWorker::interrupt(const SoakStep& step) {
  const auto connection = std::make_shared<ConnectionHandle>(hand_->take(step.pick));
  if (!*connection) return;
  start_ping(step, connection, Afterwards::leave);
  connection->interrupter()();
  hand_->keep(std::move(*connection));
}

void SoakWorker::abandon(const SoakStep& step) {
  const auto connection = std::make_shared<ConnectionHandle>(hand_->take(step.pick));
  if (*connection) start_ping(step, connection, Afterwards::abandoned);
}

void SoakWorker::report_error(const SoakStep& step) {
  ConnectionHandle connection = hand_->take(step.pick);
  if (!connection) return;
  connection.report_error(
      establishment_error(pool_.address(), NetworkFault::reset, EstablishmentPhase::done),
      step.pick % 8 == 0 ? ErrorVerdict::clear : ErrorVerdict::keep);
  if (step.pick % 3 == 0) hand_->keep(std::move(connection));
}

void SoakWorker::look() {
  const Generation generation = pool_.generation();
  watch_.demand(
      generation >= generation_, generation_grows,
      std::to_string(number(generation)) + " after " + std::to_string(number(generation_)));
  generation_ = generation;
  watch_.look_at(pool_);
}

void SoakWorker::subscribe(const SoakStep& step) {
  if (subscriptions_.size() >= most_subscriptions) return unsubscribe(step);
  const auto listener = std::make_shared<Listener>(pool_, watch_, step.pick);
  subscriptions_.push_back(pool_.subscribe([listener](const Event& event) { (*listener)(event); }));
}

void SoakWorker::unsubscribe(const SoakStep& step) {
  if (subscriptions_.empty()) return;
  std::swap(subscriptions_[step.pick % subscriptions_.size()], subscriptions_.back());
  subscriptions_.pop_back();
}

}  // namespace cmap::sim
