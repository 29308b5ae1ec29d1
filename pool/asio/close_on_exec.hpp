// Asio opens sockets that a program which is executed inherits.
#pragma once

#include <fcntl.h>

namespace cmap {

/// A socket that lives on in another program keeps its connection open, or its port taken, after
/// this process has closed it. Between the opening and this call an exec in another thread still
/// hands it on: Asio has no way to open it with SOCK_CLOEXEC.
template <typename Socket>
void close_on_exec(Socket& socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
}

}  // namespace cmap
