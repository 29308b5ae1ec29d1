// Encodes, exchanges, decodes; what a reply means for the connection.
#include "pool/client/run_command.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

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
  wire::Document reply;
};

Answer read_answer(const Address& address, const std::vector<std::uint8_t>& reply,
                   std::int32_t request_id) {
  auto decoded = wire::decode_reply(reply, request_id);
  if (!decoded) return {wire::protocol_error(address, decoded.failure()), {}};
  ErrorPtr error = decoded->ok() ? nullptr : wire::command_error(address, *decoded);
  return {std::move(error), std::move(decoded->document)};
}

/// An answer of `ok: 0` is an answer: the connection is as good as before, unless its server goes.
bool ends_connection(const Error& error) {
  return error.type != ErrorType::command || operation_verdict(error) == ErrorVerdict::clear;
}

}  // namespace

void run_command(ConnectionHandle& connection, const wire::Document& command,
                 const CommandOptions& options, CommandDone done) {
  const std::int32_t id = next_request_id();
  const wire::ServerApi* api = options.server_api ? &*options.server_api : nullptr;
  const auto answer = std::make_shared<Answer>();
  const Address address = connection.address();
  Exchange exchange{.request = wire::encode_command(command, options.database, id, api),
                    .deadline = options.deadline,
                    .done = [answer, done = std::move(done)](ErrorPtr error, const auto&) {
                      if (error && !answer->error) answer->error = std::move(error);
                      done(std::move(answer->error), std::move(answer->reply));
                    }};
  connection.exchange(std::move(exchange), [answer, address, id](const auto& reply) -> ErrorPtr {
    *answer = read_answer(address, reply, id);
    return answer->error && ends_connection(*answer->error) ? answer->error : nullptr;
  });
}

wire::Document run_command(ConnectionHandle& connection, const wire::Document& command,
                           const CommandOptions& options) {
  if (DeliveryQueue::is_delivering_here()) {
    throw_error(usage_error(connection.address(),
                            "A blocking command from inside a listener or a callback of a pool "
                            "would wait for itself; use the callback form there"));
  }
  std::mutex mutex;
  std::condition_variable arrived;
  std::optional<Answer> answer;
  run_command(connection, command, options, [&](ErrorPtr error, wire::Document reply) {
    // Notified with the lock held: the waiting thread destroys all this as soon as it can go on.
    const std::lock_guard lock(mutex);
    answer = Answer{std::move(error), std::move(reply)};
    arrived.notify_one();
  });
  std::unique_lock lock(mutex);
  arrived.wait(lock, [&] { return answer.has_value(); });
  if (answer->error) throw_error(std::move(answer->error));
  return std::move(answer->reply);
}

}  // namespace cmap
