// For tests: a client of a few system calls, and a keeper of gates.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "pool/wire/frame.hpp"
#include "pool/wire/message.hpp"
#include "sim/real/serve/hooks.hpp"
#include "sim/real/serve/model/model_harness.hpp"

namespace cmap::serve {

/// Tests fail after so long instead of hanging; nothing ever waits for it to pass.
inline constexpr std::chrono::seconds patience{30};

/// A blocking socket.
class TestSocket {
 public:
  explicit TestSocket(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(&address, sizeof address);
  }
  explicit TestSocket(const std::string& path) : descriptor_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    connect(&address, sizeof address);
  }
  ~TestSocket() { close(); }
  TestSocket(TestSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  TestSocket(const TestSocket&) = delete;
  TestSocket& operator=(const TestSocket&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::uint16_t local_port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

  void send(wire::ByteView bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) throw std::runtime_error("cannot send");
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
  }
  /// 0 at the end of the stream; throws with the error number otherwise.
  std::size_t receive(wire::Bytes& buffer) const {
    const auto received = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (received < 0) throw std::system_error(errno, std::generic_category());
    return static_cast<std::size_t>(received);
  }
  void close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

 private:
  template <typename SocketAddress>
  void connect(const SocketAddress* address, std::size_t size) {
    const timeval limit{.tv_sec = patience.count(), .tv_usec = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const int result = ::connect(descriptor_, reinterpret_cast<const sockaddr*>(address),
                                 static_cast<socklen_t>(size));
    if (result == 0) return;
    const int error = errno;
    close();
    throw std::system_error(error, std::generic_category(), "connect");
  }

  int descriptor_;
};

class TestClient {
 public:
  template <typename Place>
  explicit TestClient(const Place& place) : socket_(place) {}

  [[nodiscard]] std::uint16_t local_port() const { return socket_.local_port(); }
  void send_bytes(wire::ByteView bytes) { socket_.send(bytes); }
  void send(wire::Document command, bool exhaust_allowed = false) {
    send_bytes(wire::encode(wire::OpMsg{
        .request_id = ++last_id_, .exhaust_allowed = exhaust_allowed, .body = std::move(command)}));
  }
  wire::Bytes receive_message() {
    for (;;) {
      if (const auto message = splitter_.next()) return {message->begin(), message->end()};
      if (splitter_.failure()) throw std::runtime_error("the server sent garbage");
      wire::Bytes buffer(65'536);
      const std::size_t size = socket_.receive(buffer);
      if (size == 0) throw std::runtime_error("the server closed the connection");
      splitter_.feed(wire::ByteView(buffer).first(size));
    }
  }
  wire::OpMsg receive() { return *wire::decode_op_msg(receive_message()); }
  wire::Document ask(wire::Document command) {
    send(std::move(command));
    return receive().body;
  }
  [[nodiscard]] std::int32_t last_id() const { return last_id_; }

  enum class End : std::uint8_t { closed, reset };
  /// Drops what comes before.
  End wait_for_end() {
    try {
      wire::Bytes buffer(65'536);
      while (socket_.receive(buffer) > 0) {
      }
      return End::closed;
    } catch (const std::system_error& error) {
      if (error.code().value() == ECONNRESET) return End::reset;
      throw;
    }
  }
  /// What has come when the server closes.
  std::string receive_until_end() {
    std::string text;
    wire::Bytes buffer(65'536);
    while (const std::size_t size = socket_.receive(buffer)) {
      text += wire::text_of(wire::ByteView(buffer).first(size));
    }
    return text;
  }
  /// No more is sent; the server's end stays open.
  void end_sending() { ::shutdown(socket_.descriptor(), SHUT_WR); }
  void close() { socket_.close(); }

 private:
  TestSocket socket_;
  wire::FrameSplitter splitter_;
  std::int32_t last_id_ = 0;
};

/// Everything that stands at a gate, in the order of arrival.
class GateKeeper {
 public:
  struct Standing {
    Peer peer;
    Proceed proceed;
  };

  [[nodiscard]] Hooks hooks() {
    return {.gate = [this](const Peer& peer, Proceed proceed) {
      const std::lock_guard lock(mutex_);
      standing_.push_back({peer, std::move(proceed)});
      arrived_.notify_all();
    }};
  }
  /// The next one; waits until somebody comes.
  Standing take() {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, patience, [&] { return !standing_.empty(); })) {
      throw std::runtime_error("nobody came to the gate");
    }
    Standing first = std::move(standing_.front());
    standing_.pop_front();
    return first;
  }
  /// Lets the next one go on; it must be in this phase.
  void pass(PeerPhase phase) {
    const Standing next = take();
    if (next.peer.phase != phase) {
      throw std::runtime_error("at the gate: " + std::string(phase_name(next.peer.phase)));
    }
    next.proceed({});
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Standing> standing_;
};

/// What the server tells of its connections.
class Watcher {
 public:
  [[nodiscard]] Hooks hooks() {
    return {.observe = [this](const Activity& activity) {
      const std::lock_guard lock(mutex_);
      if (activity.kind == Activity::Kind::disconnected) ++disconnected_;
      if (activity.kind == Activity::Kind::connected) ++connected_;
      changed_.notify_all();
    }};
  }
  void wait_for_connected(int count) { wait(connected_, count); }
  void wait_for_disconnected(int count) { wait(disconnected_, count); }

 private:
  void wait(const int& counter, int count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return counter >= count; })) {
      throw std::runtime_error("it did not happen");
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int connected_ = 0;
  int disconnected_ = 0;
};

}  // namespace cmap::serve
