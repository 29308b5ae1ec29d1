// The commands of D-HS-2 and D-HS-4, in the order in which a socket may carry them.
#include "pool/client/hello_socket.hpp"

#include <utility>

#include "pool/api/assert.hpp"

namespace cmap {

void HelloSocket::open() {
  CMAP_ASSERT(!is_open());
  id_ = last_ = next(last_);
  greeted_ = false;
  hello_ok_ = false;
  asked_.reset();
  outbox_.emplace_back(OpenMonitorConnection{.connection = id_});
}

void HelloSocket::close() {
  asked_.reset();
  server_id_.reset();
  if (!is_open()) return;
  outbox_.emplace_back(
      CloseMonitorConnection{.connection = std::exchange(id_, MonitorConnectionId::none)});
}

void HelloSocket::send(wire::Document command, bool exhaust_allowed, TimePoint now) {
  CMAP_ASSERT(is_open() && !asked_);
  asked_ = now;
  outbox_.emplace_back(SendHello{
      .connection = id_, .command = std::move(command), .exhaust_allowed = exhaust_allowed});
}

void HelloSocket::say_hello(TimePoint now) {
  send(wire::hello_command(
           {.client_metadata = options_.client_metadata, .server_api = options_.server_api}),
       false, now);
}

void HelloSocket::ask(TimePoint now) {
  send(wire::check_command({.hello_ok = hello_ok_, .server_api = options_.server_api}), false, now);
}

void HelloSocket::ask_for_news(const wire::HelloReply& known, TimePoint now) {
  send(wire::check_command({.hello_ok = hello_ok_,
                            .server_api = options_.server_api,
                            .topology_version = known.topology_version,
                            .max_await_time = std::chrono::duration_cast<std::chrono::milliseconds>(
                                options_.heartbeat_frequency)}),
       true, now);
}

void HelloSocket::answered(const wire::HelloReply& reply) {
  asked_.reset();
  greeted_ = true;
  if (reply.connection_id) server_id_ = reply.connection_id;
  hello_ok_ = reply.hello_ok;
}

}  // namespace cmap
