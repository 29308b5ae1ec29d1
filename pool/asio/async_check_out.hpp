// check_out with an Asio completion token: callback, future, co_await, deferred, ...
#pragma once

#include <exception>
#include <utility>

#include <boost/asio/async_result.hpp>

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
        start_cancellable<ConnectionHandle>(std::move(handler), [&](auto completion) {
          return pool.canceller(pool.check_out(with, [completion](CheckOutResult result) {
            completion->complete(std::move(result.error), std::move(result.connection));
          }));
        });
      },
      token, request);
}

template <boost::asio::completion_token_for<CheckOutSignature> Token>
auto async_check_out(ConnectionPool& pool, Token&& token) {
  return async_check_out(pool, CheckOutRequest{}, std::forward<Token>(token));
}

}  // namespace cmap
