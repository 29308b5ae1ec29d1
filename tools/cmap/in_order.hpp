// Work on several threads, whose results come in the order of the tasks.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace cmap::tools {

/// Calls `work(i)` for i = 0, 1, ..., count - 1, on at most `threads` threads at a time, and
/// `take(i, result)` in this order on the calling thread, as soon as possible. With one thread that
/// is a plain loop. What `work` throws is thrown where its result would be taken.
template <typename Work, typename Take>
void in_order(std::size_t count, std::size_t threads, const Work& work, const Take& take) {
  using Result = std::invoke_result_t<const Work&, std::size_t>;
  if (threads <= 1) {
    for (std::size_t i = 0; i < count; ++i) take(i, work(i));
    return;
  }
  struct Slot {
    std::optional<Result> result;
    std::exception_ptr thrown;
  };
  std::mutex mutex;
  std::condition_variable done;
  std::vector<Slot> slots(count);
  std::size_t next = 0;

  const auto work_off = [&] {
    std::unique_lock lock(mutex);
    while (next < count) {
      const std::size_t i = next++;
      lock.unlock();
      Slot slot;
      try {
        slot.result = work(i);
      } catch (...) {
        slot.thrown = std::current_exception();
      }
      lock.lock();
      slots[i] = std::move(slot);
      done.notify_all();
    }
  };
  struct Workers {
    std::vector<std::thread> threads;
    ~Workers() {
      for (std::thread& thread : threads) thread.join();
    }
  } workers;
  for (std::size_t i = 0; i < std::min(threads, count); ++i) workers.threads.emplace_back(work_off);

  for (std::size_t i = 0; i < count; ++i) {
    std::unique_lock lock(mutex);
    done.wait(lock, [&] { return slots[i].result || slots[i].thrown; });
    Slot slot = std::move(slots[i]);
    next = slot.thrown ? count : next;  // nothing new is begun for nobody
    lock.unlock();
    if (slot.thrown) std::rethrow_exception(slot.thrown);
    take(i, std::move(*slot.result));
  }
}

}  // namespace cmap::tools
