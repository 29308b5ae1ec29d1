// Starts the threads, waits for them, ends the pool in one of two ways, and looks for what is left.
#include "sim/real/soak_round.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "pool/asio/steady_time.hpp"
#include "sim/real/soak_worker.hpp"

namespace cmap::sim {
namespace {

using namespace std::chrono_literals;

constexpr Rule somebody_waits{"A-EV-3", "each check-out comes to its end"};
constexpr Rule all_checked_in{"A-EV-3", "what is checked out is checked in"};
constexpr Rule nothing_left{"A-CON-6", "a pool where nothing goes on has no check-out that waits"};
constexpr Rule closed_refuses{"A-CLS-3", "a check-out of a closed pool fails with PoolClosedError"};
constexpr Rule drains{"A-CLS-1", "a closed pool comes to its end when all is checked in"};
constexpr Rule no_deadline_left{"A-WQ-3", "no deadline is left when nothing goes on"};
constexpr Rule no_peer_left{"A-EST-5", "a closed connection is closed towards its peer"};

constexpr Rule destroyed{"A-CLS-1", "the destructor of a pool comes to its end"};
constexpr Rule server_ends{"A-EST-5", "a server that is stopped has no connection that keeps it"};

serve::ServerOptions with_faults(serve::ServerOptions options, const SoakRound& round) {
  options.faults = round.faults;
  return options;
}

}  // namespace

serve::Hooks PeerCount::hooks() {
  return {.observe = [this](const serve::Activity& activity) {
    using Kind = serve::Activity::Kind;
    if (activity.kind == Kind::answered) return;
    const std::lock_guard lock(mutex_);
    open_ += activity.kind == Kind::connected ? 1 : -1;
    changed_.notify_all();
  }};
}

void PeerCount::wait_until_none() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return open_ == 0; });
}

SoakRun::SoakRun(const SoakOptions& options, std::uint64_t round, IoThreads& io, PeerOptions& peers)
    : options_(options),
      number_(round),
      round_(draw_soak_round(options.seed, round)),
      kind_{.tls = options.tls, .authentication = round_.authentication},
      watch_(round_.pool, options.sees),
      server_(with_faults(peers.of_server(kind_), round_), peers_.hooks()),
      environment_(io, peers.of_client(kind_)) {}

bool SoakRun::run(std::size_t steps, const std::function<void(const SoakTotals&)>& interlude) {
  server_.start();
  pool_ = std::make_unique<ConnectionPool>(Address("127.0.0.1", server_.ports().front()),
                                           round_.pool, environment_, watch_.hooks());
  if (options_.listens) {
    listening_ = pool_->subscribe(
        [this, pool = pool_.get()](const Event& event) { options_.listens(*pool, event); });
  }
  pool_->ready();
  working_ = options_.threads;
  for (std::size_t i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this, i, steps] { work(i, steps); });
  }
  if (!wait_for_workers(interlude)) return false;
  threads_.emplace_back([this] { wind_up(); });
  if (!wait_for_wind_up()) return false;
  for (std::thread& thread : threads_) thread.join();
  return true;
}

void SoakRun::work(std::size_t thread, std::size_t steps) {
  SoakWorker worker(*pool_, watch_, SoakSteps(options_.seed, number_, thread));
  worker.run(steps, thread == 0 ? round_.closed_at : std::nullopt, stopping_);
  const std::lock_guard lock(mutex_);
  --working_;
  changed_.notify_all();
}

bool SoakRun::wait_while_alive(const std::function<bool()>& ended,
                               const std::function<std::uint64_t()>& life) {
  constexpr Duration interval = 200ms;
  std::uint64_t seen = 0;
  TimePoint alive = steady_now();
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, interval, ended)) {
    lock.unlock();
    const std::uint64_t now_seen = life();
    const TimePoint now = steady_now();
    if (std::exchange(seen, now_seen) != now_seen) alive = now;
    if (now - alive > options_.patience) return false;
    lock.lock();
  }
  return true;
}

bool SoakRun::wait_for_workers(const std::function<void(const SoakTotals&)>& interlude) {
  const auto life = [&] {
    interlude(watch_.totals());
    return watch_.ended();
  };
  if (wait_while_alive([this] { return working_ == 0; }, life)) return true;
  watch_.demand(false, somebody_waits, "threads still wait in the pool");
  return false;
}

bool SoakRun::wait_for_wind_up() {
  const auto life = [this] {
    const std::lock_guard lock(mutex_);
    return phases_;
  };
  if (wait_while_alive([this] { return wound_up_; }, life)) return true;
  const std::lock_guard lock(mutex_);
  if (phase_) watch_.demand(false, phase_->rule, phase_->while_it_lasts);
  return false;
}

void SoakRun::enter(const Phase& phase) {
  const std::lock_guard lock(mutex_);
  phase_ = phase;
  ++phases_;
}

/// Connections that are still checked out when the pool closes. It may be paused or closed by now.
void SoakRun::check_out_survivors() {
  for (int i = 0; i < 2; ++i) {
    watch_.check_out_begins();
    try {
      survivors_.push_back(pool_->check_out({.deadline = steady_now() + 20ms}));
      watch_.check_out_ends(survivors_.back());
    } catch (const PoolError& error) {
      watch_.check_out_ends(error.error());
    }
  }
}

/// What was going on before it has been delivered when it returns.
void SoakRun::check_out_once_more() {
  watch_.check_out_begins();
  pool_->check_out({}, [this](const CheckOutResult& result) {
    const bool refused = result.error && result.error->type == ErrorType::pool_closed;
    watch_.demand(refused, closed_refuses, "it did not");
    if (result.error) watch_.check_out_ends(*result.error);
  });
}

/// `PoolCounts::pending` and `available` may be anything while the pool is not closed.
void SoakRun::judge_counts(const PoolCounts& expected, std::string_view when) {
  const PoolCounts counts = pool_->counts();
  const std::string detail = text_of(counts) + ' ' + std::string(when);
  watch_.demand(counts.in_use == expected.in_use, all_checked_in, detail);
  watch_.demand(counts.waiting == expected.waiting, nothing_left, detail);
  pool_->check_invariants();
}

void SoakRun::wait_until_drained() {
  pool_->when_drained([this] {
    const std::lock_guard lock(mutex_);
    drained_ = true;
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return drained_; });
}

/// On a thread of its own, because everything in it may hang.
void SoakRun::wind_up() {
  end_pool();
  if (!watch_.failed()) judge_what_is_left();
  enter({destroyed, "it has not returned"});
  pool_.reset();
  enter({server_ends, "it does not stop"});
  server_.stop();
  const std::lock_guard lock(mutex_);
  wound_up_ = true;
  changed_.notify_all();
}

void SoakRun::end_pool() {
  enter({somebody_waits, "a check-out before the pool is closed"});
  judge_counts({}, "when all threads have ended");
  check_out_survivors();
  judge_counts({.in_use = static_cast<std::uint32_t>(survivors_.size())}, "before it closes");
  enter({drains, "close() has not returned"});
  pool_->close();
  enter({closed_refuses, "it has not returned"});
  check_out_once_more();
  judge_counts({.in_use = static_cast<std::uint32_t>(survivors_.size())}, "when it is closed");
  enter({destroyed, "it has not returned while connections are checked out"});
  if (round_.outlived) pool_.reset();
  enter({all_checked_in, "a check-in when the pool is closed has not returned"});
  if (options_.forgets_check_in && !survivors_.empty()) survivors_.front().release();
  survivors_.clear();
  if (pool_) judge_counts({}, "when all is checked in");
}

void SoakRun::judge_what_is_left() {
  if (pool_) {
    enter({drains, "when_drained has not called back"});
    wait_until_drained();
    watch_.demand(pool_->counts() == PoolCounts{}, nothing_left, text_of(pool_->counts()));
    watch_.demand(pool_->armed_deadlines() == 0, no_deadline_left,
                  std::to_string(pool_->armed_deadlines()) + " left");
    pool_->check_invariants();
  }
  watch_.finish();
  if (watch_.failed()) return;
  enter({no_peer_left, "the server still has a connection"});
  peers_.wait_until_none();
}

std::optional<SoakFailure> SoakRun::failure() const {
  auto violation = watch_.violation();
  if (!violation) return std::nullopt;
  return SoakFailure{.violation = *std::move(violation),
                     .round = number_,
                     .setting = describe(round_),
                     .last_events = watch_.last_events()};
}

}  // namespace cmap::sim
