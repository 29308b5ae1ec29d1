// run_command with an Asio completion token.
#pragma once

#include <exception>
#include <utility>

#include <boost/asio/async_result.hpp>

#include "pool/asio/complete.hpp"
#include "pool/client/run_command.hpp"

namespace cmap {

using RunCommandSignature = void(std::exception_ptr, wire::Document);

/// Completes once, through the handler's executor (default: the system's), never inside this call:
/// with the reply, or with what the blocking run_command throws. Cancellation of any kind ends the
/// command and with it the connection, because its reply may still come. The handle is not needed
/// any more once this has returned, but one that ends closes its connection.
template <boost::asio::completion_token_for<RunCommandSignature> Token>
auto async_run_command(ConnectionHandle& connection, const wire::Document& command,
                       const CommandOptions& options, Token&& token) {
  return boost::asio::async_initiate<Token, RunCommandSignature>(
      [&connection]<typename Handler>(Handler handler, const wire::Document& what,
                                      const CommandOptions& how) {
        start_cancellable<wire::Document>(std::move(handler), [&](auto completion) {
          run_command(connection, what, how, [completion](ErrorPtr error, wire::Document reply) {
            completion->complete(std::move(error), std::move(reply));
          });
          return connection.interrupter();
        });
      },
      token, command, options);
}

template <boost::asio::completion_token_for<RunCommandSignature> Token>
auto async_run_command(ConnectionHandle& connection, const wire::Document& command, Token&& token) {
  return async_run_command(connection, command, CommandOptions{}, std::forward<Token>(token));
}

}  // namespace cmap
