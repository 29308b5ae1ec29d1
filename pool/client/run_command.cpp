// Encodes, exchanges, decodes; what a reply means for the connection.
#include "pool/client/run_command.hpp"

#include <atomic>
#include <memory>
#include <utility>

#include "pool/client/awaited.hpp"
#include "pool/wire/command.hpp"

namespace cmap {
namespace {

/// Unique among the requests of a connection, which is all that is needed.
std::int32_t next_request_id() {
  static std::atomic<std::uint32_t> last{0};
  return static_cast<std::int32_t>(++last & 0x7FFFFFFFU);
}

struct Answer {
  ErrorPtr error;
  ErrorPtr time_limit{};  ///< null: the server says nothing of its own time
  wire::Document reply;
};

/// Fills in the answer; what the reply says about its server, null if nothing. A writeConcernError
/// does, although the command has not failed (D.2).
ErrorPtr read_answer(const Address& address, const std::vector<std::uint8_t>& reply,
                     std::int32_t request_id, Answer& answer) {
  auto decoded = wire::decode_reply(reply, request_id);
  if (!decoded) return answer.error = wire::protocol_error(address, decoded.failure());
  ErrorPtr error = wire::server_error(address, *decoded);
  if (!decoded->ok()) answer.error = error;
  answer.time_limit = wire::time_limit_error(address, *decoded);
  answer.reply = std::move(decoded->document);
  return error;
}

/// Who sets a deadline gets one kind of error, whoever found the time to be over (D-CSOT-5).
void look_for_end_of_time(const Address& address, Answer& answer) {
  ErrorPtr cause = answer.time_limit;
  if (answer.error && answer.error->fault == NetworkFault::timeout) cause = answer.error;
  if (cause) answer.error = deadline_exceeded_error(address, std::move(cause));
}

}  // namespace

void run_command(ConnectionHandle& connection, const wire::Document& command,
                 const CommandOptions& options, CommandDone done) {
  const std::int32_t id = next_request_id();
  const wire::ServerApi* api = options.server_api ? &*options.server_api : nullptr;
  const auto answer = std::make_shared<Answer>();
  const Address address = connection.address();
  Exchange exchange{.request = wire::encode_command(command, options.database, id, api),
                    .deadline = options.deadline ? options.deadline : options.socket_deadline,
                    .done = [answer, address, has_deadline = options.deadline.has_value(),
                             done = std::move(done)](ErrorPtr error, const auto&) {
                      if (error && !answer->error) answer->error = std::move(error);
                      if (has_deadline) look_for_end_of_time(address, *answer);
                      done(std::move(answer->error), std::move(answer->reply));
                    }};
  connection.exchange(std::move(exchange), [answer, address, id](const auto& reply) {
    return read_answer(address, reply, id, *answer);
  });
}

wire::Document run_command(ConnectionHandle& connection, const wire::Document& command,
                           const CommandOptions& options) {
  if (DeliveryQueue::is_delivering_here()) {
    throw_error(usage_error(connection.address(),
                            "A blocking command from inside a listener or a callback of a pool "
                            "would wait for itself; use the callback form there"));
  }
  Awaited<Answer> awaited;
  run_command(connection, command, options, [&](ErrorPtr error, wire::Document reply) {
    awaited.bring({.error = std::move(error), .reply = std::move(reply)});
  });
  Answer answer = awaited.wait();
  if (answer.error) throw_error(std::move(answer.error));
  return std::move(answer.reply);
}

}  // namespace cmap
