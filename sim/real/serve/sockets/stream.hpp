// A connection's bytes, with or without TLS, over TCP or a Unix socket.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>

#include "sim/real/serve/server_options.hpp"

namespace boost::asio::ssl {
class context;
}  // namespace boost::asio::ssl

namespace cmap::serve {

using Socket = boost::asio::generic::stream_protocol::socket;
using Done = std::function<void(boost::system::error_code, std::size_t)>;

/// Closed by closing its socket; what is under way then ends with an error.
class Stream {
 public:
  virtual ~Stream() = default;

  [[nodiscard]] virtual bool has_tls() const = 0;
  /// Only with TLS. The second argument of `done` means nothing.
  virtual void handshake(Done done) = 0;
  virtual void read_some(boost::asio::mutable_buffer buffer, Done done) = 0;
  /// All of it.
  virtual void write(boost::asio::const_buffer bytes, Done done) = 0;
  /// What lies below TLS.
  virtual Socket& socket() = 0;
  /// Of the client's certificate, after the handshake.
  [[nodiscard]] virtual std::optional<std::string> certificate_subject() = 0;
};

/// `tls` null: without.
std::unique_ptr<Stream> make_stream(Socket socket, boost::asio::ssl::context* tls);

/// Throws std::runtime_error where files cannot be read or do not fit each other.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const TlsOptions& options);

}  // namespace cmap::serve
