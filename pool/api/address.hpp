// The address of a pool's endpoint, as events, errors and log messages show it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cmap {

/// One endpoint: host and port, or the path of a Unix socket (then without a port). Immutable. What
/// is behind it is kept once for all equal ones, and for the life of the process: a copy is a
/// pointer, so every event can carry it. Thread-safe; but a fork must not happen while another
/// thread makes one.
class Address {
 public:
  static constexpr std::uint16_t default_port = 27017;

  /// localhost, default port.
  Address() : parts_(local()) {}
  Address(std::string host, std::uint16_t port);
  static Address unix_socket(std::string path);
  /// "host", "host:port", "[IPv6]", "[IPv6]:port", or a path that ends in ".sock"; the port is 1 to
  /// 65535. Nothing on anything else.
  static std::optional<Address> parse(std::string_view text);

  /// Host names are the same in either case, paths are not (D-RS-2). ASCII.
  [[nodiscard]] Address in_lower_case() const;

  [[nodiscard]] const std::string& host() const { return parts_->host; }
  /// Nothing for a Unix socket.
  [[nodiscard]] std::optional<std::uint16_t> port() const { return parts_->port; }
  /// "host:port" (an IPv6 host in brackets), or the path.
  [[nodiscard]] const std::string& text() const { return parts_->text; }

  friend bool operator==(const Address& a, const Address& b) { return a.parts_ == b.parts_; }

 private:
  struct Parts {
    std::string host;
    std::optional<std::uint16_t> port;
    std::string text;
    auto operator<=>(const Parts&) const = default;
  };
  explicit Address(Parts parts) : parts_(kept(std::move(parts))) {}
  static const Parts* kept(Parts parts);
  /// Default addresses are made and dropped in great numbers, inside of other values.
  static const Parts* local() {
    static const Parts* const parts = Address("localhost", default_port).parts_;
    return parts;
  }

  const Parts* parts_;
};

}  // namespace cmap
