// A thread of the operating system for every actor of a scenario, and the baton between them.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sim/scenario.hpp"

namespace cmap::sim {

/// One of them works at a time, on what the runner gives it; the runner waits meanwhile. So the
/// order is the schedule's, and what an actor does is done on a thread of its own.
class ActorThreads {
 public:
  ActorThreads();
  ~ActorThreads();
  ActorThreads(const ActorThreads&) = delete;
  ActorThreads& operator=(const ActorThreads&) = delete;

  /// As RunOptions::on_thread_of. Not from one of the threads.
  void run(ActorIndex actor, const std::function<void()>& turn);

 private:
  class Thread;
  std::vector<std::unique_ptr<Thread>> threads_;
};

}  // namespace cmap::sim
