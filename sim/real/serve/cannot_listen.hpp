// Why a server cannot listen, for whoever has advice.
#pragma once

#include <string>
#include <system_error>

namespace cmap::serve {

/// The message names the place and what the operating system says.
class CannotListen : public std::system_error {
 public:
  CannotListen(std::error_code code, const std::string& place, bool on_unix_socket)
      : std::system_error(code, "cannot listen on " + place), on_unix_socket_(on_unix_socket) {}
  /// Else on a port.
  [[nodiscard]] bool on_unix_socket() const { return on_unix_socket_; }

 private:
  bool on_unix_socket_;
};

}  // namespace cmap::serve
