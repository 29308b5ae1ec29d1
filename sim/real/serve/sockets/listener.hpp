// The place where one member listens: a port or a Unix socket that can refuse for a while.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "sim/real/serve/sockets/stream.hpp"

namespace cmap::serve {

struct FileIdentity {
  dev_t device;
  ino_t file;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

class Listener {
 public:
  using Accepted = std::function<void(Socket)>;

  /// Neither listens yet, but the port is taken for the life of the object, so that nobody else
  /// gets it while it refuses. Throw CannotListen.
  Listener(boost::asio::io_context& context, const boost::asio::ip::tcp::endpoint& endpoint,
           Accepted accepted);
  Listener(boost::asio::io_context& context, std::filesystem::path path, Accepted accepted);
  /// Nothing may be under way any more: see close.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Replaces a socket file that nobody listens on. Throws CannotListen. Nothing happens where it
  /// is open already.
  void open();
  /// Clients are refused; connections stay. The file of a Unix socket goes, if it is still ours.
  void close();

  /// 0 for a Unix socket.
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

  void accept(std::uint64_t opening);

  boost::asio::io_context& context_;
  Accepted accepted_;
  boost::asio::generic::stream_protocol::endpoint endpoint_;
  std::uint16_t port_ = 0;
  std::filesystem::path path_;
  std::optional<FileIdentity> file_;                    ///< of a Unix socket, while it is open
  std::string place_;                                   ///< for messages
  std::optional<boost::asio::ip::tcp::socket> holder_;  ///< bound, and never listening
  Acceptor acceptor_;
  std::uint64_t openings_ =
      0;  ///< what was accepted before the last `close` is none of our business
  boost::asio::steady_timer pause_;
};

}  // namespace cmap::serve
