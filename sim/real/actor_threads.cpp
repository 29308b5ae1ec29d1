// Hands a turn over, and waits for its end.
#include "sim/real/actor_threads.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace cmap::sim {

class ActorThreads::Thread {
 public:
  Thread() : thread_([this] { work(); }) {}
  ~Thread() {
    hand_over(nullptr, /*ends=*/true);
    thread_.join();
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  void run(const std::function<void()>& turn) {
    hand_over(&turn, /*ends=*/false);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return turn_ == nullptr; });
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  }

 private:
  void hand_over(const std::function<void()>* turn, bool ends) {
    const std::lock_guard lock(mutex_);
    turn_ = turn;
    ends_ = ends;
    changed_.notify_all();
  }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return turn_ != nullptr || ends_; });
      if (ends_) return;
      const std::function<void()>& turn = *turn_;
      lock.unlock();
      std::exception_ptr thrown;
      try {
        turn();
      } catch (...) {
        thrown = std::current_exception();
      }
      lock.lock();
      thrown_ = thrown;
      turn_ = nullptr;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void()>* turn_ = nullptr;
  bool ends_ = false;
  std::exception_ptr thrown_;
  std::thread thread_;
};

ActorThreads::ActorThreads() = default;
ActorThreads::~ActorThreads() = default;

void ActorThreads::run(ActorIndex actor, const std::function<void()>& turn) {
  if (threads_.size() <= actor) threads_.resize(actor + 1);
  if (!threads_[actor]) threads_[actor] = std::make_unique<Thread>();
  threads_[actor]->run(turn);
}

}  // namespace cmap::sim
