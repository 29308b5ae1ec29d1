// More contenders than connections: whoever checks in goes to the end of the queue.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <sys/resource.h>
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

/// How often threads of this process slept.
double times_slept() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_nvcsw);
}

/// What a thread does with its connection. One that yields, as one that sends a command does, finds
/// others at the pool when it comes back.
enum class Use : std::uint8_t { nothing, yields };

/// Contenders that are threads, all of them waiting when time begins. `take` blocks, and is called
/// with what to call in between; `held` has both connections until it is reset.
template <typename Held, typename Take, typename HandOver>
Sample threads(int contenders, Held& held, Use use, Take take, HandOver hand_over) {
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
          if (use == Use::yields) std::this_thread::yield();
        });
        hand_over(i, left);
        asked = Clock::now();
      }
    });
  }
  // By then they wait; libmongoc's pool has nothing that tells.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  Sample sample;
  const double slept_before = times_slept();
  sample.value = time_of([&] {
                   held.reset();
                   all.clear();
                 }) /
                 thread_cycles;
  sample.sleeps = (times_slept() - slept_before) / thread_cycles;
  for (const auto& some : waits) {
    sample.waits.insert(sample.waits.end(), some.begin(), some.end());
  }
  return sample;
}

/// libmongoc lets whoever comes take what was returned, before those who wait. To make it hand
/// over, whoever returned a client does not ask again before somebody else has taken it.
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

Sample libmongoc_threads(LibmongocPool& pool, int contenders, Use use, bool make_it_hand_over) {
  BothClients clients(pool);
  std::vector<const std::atomic<int>*> returned(static_cast<std::size_t>(contenders));
  return threads(
      contenders, clients, use,
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

Sample cmap_threads(ConnectionPool& pool, int contenders, Use use) {
  struct Both {
    ConnectionHandle first, second;
    void reset() {
      first.check_in();
      second.check_in();
    }
  };
  Both both{pool.check_out(), pool.check_out()};
  return threads(
      contenders, both, use,
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

  const auto libmongoc = LibmongocPool::make(servers.tcp.address());
  for (const Use use : {Use::yields, Use::nothing}) {
    Comparison blocking{
        .title = title(use == Use::yields ? "blocking threads, each yields while it has one"
                                          : "blocking threads that return it at once"),
        .unit = "ns per cycle",
        .contestants = {}};
    if (libmongoc) {
      blocking.contestants.push_back({"libmongoc, handed over each time", [&] {
                                        return libmongoc_threads(*libmongoc, contenders, use, true);
                                      }});
      blocking.contestants.push_back(
          {"libmongoc, as it comes",
           [&] { return libmongoc_threads(*libmongoc, contenders, use, false); }});
    }
    blocking.contestants.push_back(
        {"cmap, first in first out", [&] { return cmap_threads(*pool, contenders, use); }});
    bench::compare(blocking, rounds);
  }
}

}  // namespace

void compare_hand_over(const Servers& servers, std::size_t rounds) {
  compare_contenders(servers, rounds, 8);
  compare_contenders(servers, rounds, 64);
}

}  // namespace cmap::bench
