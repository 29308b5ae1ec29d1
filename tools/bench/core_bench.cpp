// What PoolCore costs: one check-out with its check-in, and how that grows with what a pool holds.
#include <chrono>
#include <cstdint>
#include <variant>
#include <vector>

#include <benchmark/benchmark.h>

#include "pool/core/pool_core.hpp"

namespace {

using namespace std::chrono_literals;
using cmap::CheckOutCompleted;
using cmap::Lease;
using cmap::Outbox;
using cmap::PoolCore;
using cmap::PoolOptions;
using cmap::StartEstablishing;
using cmap::TimePoint;

/// A core whose transport answers at once.
class Bench {
 public:
  explicit Bench(const PoolOptions& options)
      : core(cmap::PoolId{1}, cmap::Address(), options, now, outbox) {
    core.set_observed(false);
    core.ready(now);
    outbox.clear();
  }

  void check_out(const cmap::CheckOutRequest& request = {}) {
    core.check_out(request, 0, now);
    settle();
  }

  /// Carries out what the core wants done, until it wants nothing.
  void settle() {
    for (std::size_t i = 0; i < outbox.size(); ++i) {
      if (const auto* start = std::get_if<StartEstablishing>(&outbox[i])) {
        core.established(start->connection, now);
      } else if (const auto* done = std::get_if<CheckOutCompleted>(&outbox[i])) {
        leases.push_back(done->lease);
      }
    }
    outbox.clear();
  }

  void check_in(const Lease& lease) {
    benchmark::DoNotOptimize(core.check_in(lease, now));
    settle();
  }

  TimePoint now{};
  Outbox outbox;
  PoolCore core;
  std::vector<Lease> leases;
};

/// An available connection: the hot path of a driver.
void check_out_and_in(benchmark::State& state) {
  Bench bench({.max_pool_size = 2});
  bench.check_out();
  bench.check_in(bench.leases.back());
  bench.leases.clear();
  for (auto _ : state) {
    bench.now += 1us;
    bench.core.check_out({}, 0, bench.now);
    const Lease lease = std::get<CheckOutCompleted>(bench.outbox.back()).lease;
    bench.outbox.clear();
    benchmark::DoNotOptimize(bench.core.check_in(lease, bench.now));
  }
}
BENCHMARK(check_out_and_in);

/// The same with events for a listener.
void check_out_and_in_observed(benchmark::State& state) {
  Bench bench({.max_pool_size = 2});
  bench.core.set_observed(true);
  bench.check_out();
  bench.check_in(bench.leases.back());
  for (auto _ : state) {
    bench.now += 1us;
    bench.core.check_out({}, 0, bench.now);
    const Lease lease = std::get<CheckOutCompleted>(bench.outbox.back()).lease;
    benchmark::DoNotOptimize(bench.core.check_in(lease, bench.now));
    bench.outbox.clear();
  }
}
BENCHMARK(check_out_and_in_observed);

/// With so many waiters, each with a deadline: a check-in serves the head, which a new waiter
/// replaces at the tail.
void hand_over_with_waiters(benchmark::State& state) {
  Bench bench({.max_pool_size = 1, .wait_queue_timeout = 1h});
  bench.check_out();
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    bench.now += 1us;
    bench.check_out();
  }
  for (auto _ : state) {
    const Lease lease = bench.leases.back();
    bench.leases.clear();
    bench.check_in(lease);
    bench.check_out();
  }
}
BENCHMARK(hand_over_with_waiters)->RangeMultiplier(10)->Range(10, 100'000);

/// With so many connections in use: one more comes and goes.
void check_out_with_connections(benchmark::State& state) {
  Bench bench({.max_pool_size = 0});
  for (std::int64_t i = 0; i < state.range(0); ++i) bench.check_out();
  bench.leases.clear();
  for (auto _ : state) {
    bench.check_out();
    bench.check_in(bench.leases.back());
    bench.leases.clear();
  }
}
BENCHMARK(check_out_with_connections)->RangeMultiplier(10)->Range(10, 100'000);

/// With so many deadlines armed, in no order: one more is armed and cancelled.
void cancel_with_deadlines(benchmark::State& state) {
  Bench bench({.max_pool_size = 1});
  bench.check_out();
  std::uint64_t draw = 1;
  const auto deadline = [&] {
    draw = draw * 6364136223846793005U + 1442695040888963407U;
    return bench.now + std::chrono::milliseconds(1000 + (draw >> 40));
  };
  for (std::int64_t i = 0; i < state.range(0); ++i) bench.check_out({.deadline = deadline()});
  for (auto _ : state) {
    const cmap::CheckOutRef ref = bench.core.check_out({.deadline = deadline()}, 0, bench.now);
    benchmark::DoNotOptimize(bench.core.cancel(ref, bench.now));
    bench.outbox.clear();
  }
}
BENCHMARK(cancel_with_deadlines)->RangeMultiplier(10)->Range(10, 100'000);

}  // namespace
