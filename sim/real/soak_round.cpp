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

constexpr const char* user = "soak";
constexpr const char* password = "soaked";

serve::ServerOptions server_options(const SoakRound& round,
                                    const serve::TestCertificates* certificates) {
  serve::ServerOptions options{.faults = round.faults};
  if (certificates) options.tls.emplace().certificate_key_file = certificates->server_key_file;
  if (round.authentication) {
    options.authentication = true;
    options.users.push_back({.name = user, .password = password});
  }
  return options;
}

NetworkOptions network_options(const SoakRound& round,
                               const serve::TestCertificates* certificates) {
  NetworkOptions options;
  if (certificates) options.tls = {.enabled = true, .ca_file = certificates->ca_file.string()};
  if (round.authentication) {
    options.credential = wire::Credential{.user = user, .password = password};
  }
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

bool PeerCount::wait_until_none(Duration limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return open_ == 0; });
}

SoakRun::SoakRun(const SoakOptions& options, std::uint64_t round, IoThreads& io,
                 const serve::TestCertificates* certificates)
    : options_(options),
      number_(round),
      round_(draw_soak_round(options.seed, round)),
      watch_(round_.pool, options.sees),
      server_(server_options(round_, certificates), peers_.hooks()),
      environment_(io, network_options(round_, certificates)) {}

bool SoakRun::run(std::size_t steps, const std::function<void(const SoakTotals&)>& interlude) {
  server_.start();
  pool_ = std::make_unique<ConnectionPool>(Address("127.0.0.1", server_.ports().front()),
                                           round_.pool, environment_, watch_.hooks());
  pool_->ready();
  working_ = options_.threads;
  for (std::size_t i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this, i, steps] { work(i, steps); });
  }
  if (!wait_for_workers(interlude)) return false;
  for (std::thread& thread : threads_) thread.join();
  if (!wind_up()) return false;
  server_.stop();
  return true;
}

void SoakRun::work(std::size_t thread, std::size_t steps) {
  SoakWorker worker(*pool_, watch_, SoakSteps(options_.seed, number_, thread));
  worker.run(steps, thread == 0 ? round_.closed_at : std::nullopt, stopping_);
  const std::lock_guard lock(mutex_);
  --working_;
  changed_.notify_all();
}

/// Nothing that happens is a sign of life, too: a step may be long.
bool SoakRun::wait_for_workers(const std::function<void(const SoakTotals&)>& interlude) {
  constexpr Duration interval = 200ms;
  std::uint64_t seen = 0;
  TimePoint alive = steady_now();
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, interval, [this] { return working_ == 0; })) {
    lock.unlock();
    const SoakTotals totals = watch_.totals();
    interlude(totals);
    const TimePoint now = steady_now();
    if (std::exchange(seen, totals.steps + totals.events) != totals.steps + totals.events) {
      alive = now;
    }
    if (now - alive > options_.patience) {
      watch_.demand(false, somebody_waits, "threads still wait in the pool");
      return false;
    }
    lock.lock();
  }
  return true;
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

bool SoakRun::wait_until_drained() {
  pool_->when_drained([this] {
    const std::lock_guard lock(mutex_);
    drained_ = true;
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, options_.patience, [this] { return drained_; });
}

bool SoakRun::wind_up() {
  judge_counts({}, "when all threads have ended");
  check_out_survivors();
  judge_counts({.in_use = static_cast<std::uint32_t>(survivors_.size())}, "before it closes");
  pool_->close();
  check_out_once_more();
  judge_counts({.in_use = static_cast<std::uint32_t>(survivors_.size())}, "when it is closed");
  if (round_.outlived) pool_.reset();
  if (options_.forgets_check_in && !survivors_.empty()) survivors_.front().release();
  survivors_.clear();
  if (pool_) {
    judge_counts({}, "when all is checked in");
    if (watch_.failed()) return true;
    watch_.demand(wait_until_drained(), drains, "when_drained has not called back");
    if (watch_.failed()) return false;
    watch_.demand(pool_->counts() == PoolCounts{}, nothing_left, text_of(pool_->counts()));
    watch_.demand(pool_->armed_deadlines() == 0, no_deadline_left,
                  std::to_string(pool_->armed_deadlines()) + " left");
    pool_->check_invariants();
  }
  watch_.finish();
  if (watch_.failed()) return true;
  watch_.demand(peers_.wait_until_none(options_.patience), no_peer_left,
                "the server still has a connection");
  return true;
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
