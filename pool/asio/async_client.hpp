// check_out and run_command of a client with an Asio completion token.
#pragma once

#include "pool/asio/async_check_out.hpp"
#include "pool/asio/async_run_command.hpp"
#include "pool/client/client.hpp"

namespace cmap {

using ClientCheckOutSignature = void(std::exception_ptr, ClientConnection);

/// As async_check_out of a pool; cancellation also ends the selection of a server. The client must
/// end before the handler's executor does.
template <boost::asio::completion_token_for<ClientCheckOutSignature> Token>
auto async_check_out(Client& client, const ClientCheckOut& request, Token&& token) {
  return boost::asio::async_initiate<Token, ClientCheckOutSignature>(
      [&client]<typename Handler>(Handler handler, const ClientCheckOut& with) {
        start_cancellable<ClientConnection>(std::move(handler), [&](auto completion) {
          return client.check_out(with, [completion](ClientCheckOutResult result) {
            completion->complete(std::move(result.error), std::move(result.connection));
          });
        });
      },
      token, request);
}

/// As async_run_command on a connection, with the selection and the check-out that go before it.
template <boost::asio::completion_token_for<RunCommandSignature> Token>
auto async_run_command(Client& client, const wire::Document& command, const ClientCommand& options,
                       Token&& token) {
  return boost::asio::async_initiate<Token, RunCommandSignature>(
      [&client]<typename Handler>(Handler handler, const wire::Document& what,
                                  const ClientCommand& how) {
        start_cancellable<wire::Document>(std::move(handler), [&](auto completion) {
          return client.run_command(what, how, [completion](ErrorPtr error, wire::Document reply) {
            completion->complete(std::move(error), std::move(reply));
          });
        });
      },
      token, command, options);
}

}  // namespace cmap
