// Check-out and check-in of an available connection, nobody waiting.
#include <barrier>
#include <mutex>
#include <thread>
#include <vector>

#include "tools/bench/beside/beside.hpp"
#include "tools/bench/beside/comparisons.hpp"

namespace cmap::bench {
namespace {

constexpr int cycles = 50'000;

/// The least that a thread-safe pool can do.
class MutexAndStack {
 public:
  int pop() {
    const std::lock_guard lock(mutex_);
    const int top = stack_.back();
    stack_.pop_back();
    return top;
  }
  void push(int item) {
    const std::lock_guard lock(mutex_);
    stack_.push_back(item);
  }

 private:
  std::mutex mutex_;
  std::vector<int> stack_{1, 2};
};

/// Nanoseconds per cycle while `threads` threads do it.
template <typename Cycle>
Sample sample(int threads, Cycle cycle) {
  std::barrier together(threads);
  const auto body = [&] {
    together.arrive_and_wait();
    for (int i = 0; i < cycles; ++i) cycle();
    together.arrive_and_wait();
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(body);
  const double time = time_of(body);
  return {.value = time / (cycles * threads)};
}

void compare_threads(const Servers& servers, std::size_t rounds, int threads) {
  Comparison comparison{
      .title = std::to_string(threads) + (threads == 1 ? " thread" : " threads") +
               ", pool of 2, one connection at hand for each: check-out + check-in",
      .unit = "ns per cycle",
      .contestants = {}};
  const auto libmongoc = LibmongocPool::make(servers.tcp.address());
  if (libmongoc) {
    comparison.contestants.push_back(
        {"libmongoc", [&] { return sample(threads, [&] { libmongoc->push(libmongoc->pop()); }); }});
  }
  MutexAndStack floor;
  comparison.contestants.push_back(
      {"a mutex and a stack", [&] { return sample(threads, [&] { floor.push(floor.pop()); }); }});
  CmapPool plain(servers.tcp.address(), {.max_pool_size = 2}, /*observed=*/false);
  plain.fill(2);
  comparison.contestants.push_back(
      {"cmap", [&] { return sample(threads, [&] { plain->check_out(); }); }});
  CmapPool observed(servers.tcp.address(), {.max_pool_size = 2}, /*observed=*/true);
  observed.fill(2);
  comparison.contestants.push_back(
      {"cmap, one listener", [&] { return sample(threads, [&] { observed->check_out(); }); }});
  comparison.contestants.push_back(
      {"cmap, callbacks",
       [&] { return sample(threads, [&] { plain->check_out({}, [](CheckOutResult) {}); }); }});
  bench::compare(comparison, rounds);
}

}  // namespace

void compare_cycles(const Servers& servers, std::size_t rounds) {
  compare_threads(servers, rounds, 1);
  compare_threads(servers, rounds, 2);
}

}  // namespace cmap::bench
