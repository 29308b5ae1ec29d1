// check_out with an Asio completion token: callback, future, co_await, deferred, ...
#pragma once

#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>

#include "pool/asio/complete.hpp"
#include "pool/connection_pool.hpp"

namespace cmap {

using CheckOutSignature = void(std::exception_ptr, ConnectionHandle);

/// Completes once, through the handler's executor (default: the system's), never inside this call:
/// with a connection, or with what the blocking check_out throws. All kinds of cancellation end a
/// check-out that has no outcome yet (ErrorType::cancelled). A connection that nobody takes,
/// because its coroutine was destroyed, is checked in. The pool must end before the handler's
/// executor does.
template <boost::asio::completion_token_for<CheckOutSignature> Token>
auto async_check_out(ConnectionPool& pool, const CheckOutRequest& request, Token&& token) {
  return boost::asio::async_initiate<Token, CheckOutSignature>(
      [&pool]<typename Handler>(Handler handler, const CheckOutRequest& with) {
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        const auto completion = std::make_shared<Completion<Handler>>(std::move(handler));
        const CheckOutRef check_out = pool.check_out(with, [completion](CheckOutResult result) {
          completion->complete(std::move(result.error), std::move(result.connection));
        });
        if (!slot.is_connected()) return;
        // A check-out that has an outcome by now takes no notice.
        slot.assign([cancel = pool.canceller(check_out)](boost::asio::cancellation_type type) {
          if (type != boost::asio::cancellation_type::none) cancel();
        });
      },
      token, request);
}

template <boost::asio::completion_token_for<CheckOutSignature> Token>
auto async_check_out(ConnectionPool& pool, Token&& token) {
  return async_check_out(pool, CheckOutRequest{}, std::forward<Token>(token));
}

}  // namespace cmap
