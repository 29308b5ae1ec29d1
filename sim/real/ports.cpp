// Plain sockets, because Asio's have no use for such ports.
#include "sim/real/ports.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace cmap::sim {
namespace {

int require(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

sockaddr_in loopback_socket_address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

int new_socket(int flags) {
  return require(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), "socket");
}

std::uint16_t bind_somewhere(int descriptor) {
  sockaddr_in address = loopback_socket_address(0);
  socklen_t size = sizeof address;
  require(bind(descriptor, generic(address), size), "bind");
  require(getsockname(descriptor, generic(address), &size), "getsockname");
  return ntohs(address.sin_port);
}

}  // namespace

DeadPort::DeadPort() : socket_(new_socket(0)), number_(bind_somewhere(socket_)) {}
DeadPort::~DeadPort() { close(socket_); }

/// The queue of connections that nobody accepts is filled; the kernel then ignores who else knocks.
SilentPort::SilentPort() : socket_(new_socket(0)), number_(bind_somewhere(socket_)) {
  require(listen(socket_, 0), "listen");
  constexpr int more_than_fit = 4;
  for (int i = 0; i < more_than_fit; ++i) {
    fillers_.push_back(new_socket(SOCK_NONBLOCK));
    sockaddr_in address = loopback_socket_address(number_);
    static_cast<void>(connect(fillers_.back(), generic(address), sizeof address));
  }
}

SilentPort::~SilentPort() {
  for (const int filler : fillers_) close(filler);
  close(socket_);
}

}  // namespace cmap::sim
