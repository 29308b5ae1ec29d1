// The one timer of a pool, on an Asio executor.
#pragma once

#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "pool/asio/running_callbacks.hpp"
#include "pool/environment.hpp"

namespace cmap {

/// Wakes the system as seldom as it can: a timer that was put off or disarmed is left running, and
/// armed anew when it fires too early.
class AsioTimer final : public DeadlineTimer {
 public:
  using Executor = std::function<boost::asio::any_io_executor()>;

  /// `executor` is asked again in the child of a fork.
  AsioTimer(Executor executor, std::shared_ptr<RunningCallbacks> running,
            std::function<void()> callback);
  ~AsioTimer() override;
  void arm(TimePoint when) override;
  void disarm() override;

 private:
  class State;
  void revive();

  const Executor executor_;
  const std::shared_ptr<RunningCallbacks> running_;
  const std::function<void()> callback_;
  std::shared_ptr<State> state_;
};

}  // namespace cmap
