// More contenders than connections: whoever checks in goes to the end of the queue.
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "tools/bench/beside/beside.hpp"
#include "tools/bench/beside/comparisons.hpp"

namespace cmap::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int async_cycles = 20'000;
constexpr int thread_cycles = 5'000;

double since(Clock::time_point begin) {
  return std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
}

/// Contenders that are callbacks, all on this thread: each checks in what it got and asks again.
class Callbacks {
 public:
  Callbacks(ConnectionPool& pool, int contenders, bool show_waits)
      : pool_(pool), contenders_(contenders), show_waits_(show_waits) {}

  Sample run() {
    left_ = async_cycles;
    Sample sample;
    {
      // They queue up before the first of them is served.
      const ConnectionHandle held[] = {pool_.check_out(), pool_.check_out()};
      for (int i = 0; i < contenders_; ++i) contend();
      waits_.clear();
      begin_ = Clock::now();
    }
    sample.value = time_ / async_cycles;
    sample.waits = waits_;
    return sample;
  }

 private:
  void contend() {
    const auto asked = show_waits_ ? Clock::now() : Clock::time_point();
    pool_.check_out({}, [this, asked](CheckOutResult result) {
      if (show_waits_) waits_.push_back(since(asked));
      result.connection.check_in();
      if (--left_ == 0) time_ = since(begin_);
      if (left_ > 0) contend();
    });
  }

  ConnectionPool& pool_;
  const int contenders_;
  const bool show_waits_;
  int left_ = 0;
  Clock::time_point begin_;
  double time_ = 0;
  std::vector<double> waits_;
};

/// Contenders that are threads, all of them waiting when time begins. `take` blocks, and is called
/// with what to call in between; `held` has both connections until it is reset.
template <typename Held, typename Take, typename HandOver>
Sample threads(int contenders, Held& held, Take take, HandOver hand_over) {
  std::vector<std::vector<double>> waits(static_cast<std::size_t>(contenders));
  std::atomic<int> left = thread_cycles;
  std::vector<std::jthread> all;
  for (int i = 0; i < contenders; ++i) {
    all.emplace_back([&, i] {
      auto& mine = waits[static_cast<std::size_t>(i)];
      auto asked = Clock::time_point::max();  // the first wait says nothing
      while (left.fetch_sub(1) > 0) {
        take(i, [&] {
          if (asked != Clock::time_point::max()) mine.push_back(since(asked));
        });
        hand_over(i, left);
        asked = Clock::now();
      }
    });
  }
  // By then they wait; libmongoc's pool has nothing that tells.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  Sample sample;
  sample.value = time_of([&] {
                   held.reset();
                   all.clear();
                 }) /
                 thread_cycles;
  for (const auto& some : waits) {
    sample.waits.insert(sample.waits.end(), some.begin(), some.end());
  }
  return sample;
}

/// libmongoc lets the thread that returns a client take it again at once. To make it hand over,
/// each thread then yields until somebody else has taken the one it returned.
class BothClients {
 public:
  explicit BothClients(LibmongocPool& pool) : pool_(pool), clients_{pool.pop(), pool.pop()} {}
  void reset() {
    for (void* client : clients_) pool_.push(client);
  }
  /// Who had this client last.
  std::atomic<int>& owner_of(const void* client) { return owners_[client == clients_[0] ? 0 : 1]; }

 private:
  LibmongocPool& pool_;
  void* clients_[2];
  std::atomic<int> owners_[2] = {-1, -1};
};

Sample libmongoc_threads(LibmongocPool& pool, int contenders, bool make_it_hand_over) {
  BothClients clients(pool);
  std::vector<const std::atomic<int>*> returned(static_cast<std::size_t>(contenders));
  return threads(
      contenders, clients,
      [&](int i, auto got) {
        void* client = pool.pop();
        got();
        std::atomic<int>& owner = clients.owner_of(client);
        owner = i;
        returned[static_cast<std::size_t>(i)] = &owner;
        pool.push(client);
      },
      [&](int i, const std::atomic<int>& left) {
        if (!make_it_hand_over) return;
        while (*returned[static_cast<std::size_t>(i)] == i && left > contenders) {
          std::this_thread::yield();
        }
      });
}

Sample cmap_threads(ConnectionPool& pool, int contenders) {
  struct Both {
    ConnectionHandle first, second;
    void reset() {
      first.check_in();
      second.check_in();
    }
  };
  Both both{pool.check_out(), pool.check_out()};
  return threads(
      contenders, both,
      [&](int, auto got) {
        const ConnectionHandle connection = pool.check_out();
        got();
      },
      [](int, const std::atomic<int>&) {});
}

void compare_contenders(const Servers& servers, std::size_t rounds, int contenders) {
  const auto title = [&](const char* how) {
    return std::to_string(contenders) + " contenders for 2 connections, " + how;
  };
  CmapPool pool(servers.tcp.address(), {.max_pool_size = 2}, /*observed=*/false);
  pool.fill(2);
  CmapPool observed(servers.tcp.address(), {.max_pool_size = 2}, /*observed=*/true);
  observed.fill(2);

  Callbacks callbacks(*pool, contenders, false);
  Callbacks watched(*pool, contenders, true);
  Callbacks heard(*observed, contenders, false);
  bench::compare({.title = title("callbacks, first in first out"),
                  .unit = "ns per cycle",
                  .contestants = {{"cmap", [&] { return callbacks.run(); }},
                                  {"cmap, one listener", [&] { return heard.run(); }},
                                  {"cmap, each wait timed", [&] { return watched.run(); }}}},
                 rounds);

  Comparison blocking{
      .title = title("blocking threads"), .unit = "ns per cycle", .contestants = {}};
  const auto libmongoc = LibmongocPool::make(servers.tcp.address());
  if (libmongoc) {
    blocking.contestants.push_back({"libmongoc, handed over each time", [&] {
                                      return libmongoc_threads(*libmongoc, contenders, true);
                                    }});
    blocking.contestants.push_back({"libmongoc, as it comes", [&] {
                                      return libmongoc_threads(*libmongoc, contenders, false);
                                    }});
  }
  blocking.contestants.push_back(
      {"cmap, first in first out", [&] { return cmap_threads(*pool, contenders); }});
  bench::compare(blocking, rounds);
}

}  // namespace

void compare_hand_over(const Servers& servers, std::size_t rounds) {
  compare_contenders(servers, rounds, 8);
  compare_contenders(servers, rounds, 64);
}

}  // namespace cmap::bench
