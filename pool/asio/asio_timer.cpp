// A steady_timer with a target that moves.
#include "pool/asio/asio_timer.hpp"

#include <mutex>
#include <optional>

#include <boost/asio/steady_timer.hpp>

#include "pool/asio/call_gate.hpp"
#include "pool/asio/process_generation.hpp"
#include "pool/asio/steady_time.hpp"

namespace cmap {

class AsioTimer::State : public std::enable_shared_from_this<State> {
 public:
  State(const boost::asio::any_io_executor& executor, std::shared_ptr<RunningCallbacks> running,
        std::function<void()> callback)
      : timer_(executor), running_(std::move(running)), callback_(std::move(callback)) {}

  void arm(TimePoint when) {
    const std::lock_guard lock(mutex_);
    target_ = when;
    if (!waits_until_ || *waits_until_ > when) wait_until(when);
  }

  void disarm() {
    const std::lock_guard lock(mutex_);
    target_.reset();
  }

  void end() {
    {
      const std::lock_guard lock(mutex_);
      target_.reset();
      timer_.cancel();
    }
    gate_.close();
  }

  [[nodiscard]] bool is_inherited() const { return generation_ != current_process_generation(); }

 private:
  /// Under the lock.
  void wait_until(TimePoint when) {
    waits_until_ = when;
    timer_.expires_at(to_steady(when));
    timer_.async_wait(
        [self = shared_from_this(), when](const boost::system::error_code&) { self->fired(when); });
  }

  /// Also for a wait that was replaced by an earlier one.
  void fired(TimePoint waited_until) {
    {
      const std::lock_guard lock(mutex_);
      if (waits_until_ != waited_until) return;
      waits_until_.reset();
      if (!target_) return;
      if (*target_ > steady_now()) {
        wait_until(*target_);
        return;
      }
      target_.reset();
    }
    const RunningCallbacks::Scope scope(*running_);
    gate_.pass(callback_);
  }

  const std::uint64_t generation_ = current_process_generation();
  std::mutex mutex_;
  // Guarded by mutex_:
  boost::asio::steady_timer timer_;
  std::optional<TimePoint> target_;
  std::optional<TimePoint> waits_until_;

  const std::shared_ptr<RunningCallbacks> running_;
  const std::function<void()> callback_;
  CallGate gate_;
};

AsioTimer::AsioTimer(Executor executor, std::shared_ptr<RunningCallbacks> running,
                     std::function<void()> callback)
    : executor_(std::move(executor)),
      running_(std::move(running)),
      callback_(std::move(callback)),
      state_(std::make_shared<State>(executor_(), running_, callback_)) {}

AsioTimer::~AsioTimer() {
  if (state_->is_inherited()) {
    static_cast<void>(
        new auto(std::move(state_)));  // the parent's reactor knows it: leave it alone
  } else {
    state_->end();
  }
}

void AsioTimer::arm(TimePoint when) {
  revive();
  state_->arm(when);
}

void AsioTimer::disarm() {
  if (!state_->is_inherited()) state_->disarm();
}

void AsioTimer::revive() {
  if (!state_->is_inherited()) return;
  static_cast<void>(new auto(std::move(state_)));  // as in the destructor
  state_ = std::make_shared<State>(executor_(), running_, callback_);
}

}  // namespace cmap
