// How a result gets from wherever it came about to the handler that waits for it. Internal.
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include "pool/api/errors.hpp"

namespace cmap {

/// What the blocking form would throw; null for no error.
std::exception_ptr exception_of(ErrorPtr error);

/// A handler that waits, and the work that keeps its executor running meanwhile.
template <typename Handler, typename Result>
class Completion {
 public:
  explicit Completion(Handler waiting)
      : handler_(std::move(waiting)),
        executor_(boost::asio::prefer(boost::asio::get_associated_executor(handler_),
                                      boost::asio::execution::outstanding_work.tracked)) {}

  /// Through the handler's executor, never inside this call. Once. What its cancellation slot holds
  /// stays there, and must do nothing from now on.
  void complete(ErrorPtr error, Result result) {
    error_ = std::move(error);
    result_ = std::move(result);
    pass();
  }
  /// Once: no handler runs before. What it runs on may have several threads, and what it ends (the
  /// connection, the pool, the slot) is needed until everything is set up.
  void let_go() { pass(); }

 private:
  // Decayed: what prefers nothing is its own result, by reference.
  using Executor = std::decay_t<decltype(boost::asio::prefer(
      boost::asio::get_associated_executor(std::declval<const Handler&>()),
      boost::asio::execution::outstanding_work.tracked))>;

  void pass() {
    if (--gates_ > 0) return;
    auto executor = std::move(executor_);
    boost::asio::post(executor,
                      [handler = std::move(handler_), exception = exception_of(std::move(error_)),
                       result = std::move(result_)]() mutable {
                        std::move(handler)(std::move(exception), std::move(result));
                      });
  }

  Handler handler_;
  Executor executor_;
  ErrorPtr error_;
  Result result_{};
  std::atomic<int> gates_ = 2;  ///< an outcome, and let_go
};

/// Calls `start(completion)`, which begins what completes it and returns what cancels it: that is
/// called for all kinds of cancellation, and does nothing once there is an outcome. It must not
/// need the pool or client.
template <typename Result, typename Handler, typename Start>
void start_cancellable(Handler handler, Start&& start) {
  auto slot = boost::asio::get_associated_cancellation_slot(handler);
  const auto completion = std::make_shared<Completion<Handler, Result>>(std::move(handler));
  auto cancel = start(completion);
  if (slot.is_connected()) {
    slot.assign([cancel = std::move(cancel)](boost::asio::cancellation_type type) {
      if (type != boost::asio::cancellation_type::none) cancel();
    });
  }
  completion->let_go();
}

}  // namespace cmap
