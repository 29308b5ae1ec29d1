// Signals and descriptors, before anything else happens.
#include "tools/cmap/process.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace cmap::tools {

void prepare_process() {
  std::signal(SIGPIPE, SIG_IGN);
  // Read-only, so that writing to a standard output that is not there is noticed.
  constexpr std::array modes{O_RDONLY, O_RDONLY, O_WRONLY};
  for (int descriptor = 0; descriptor < 3; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    // The lowest free descriptor is this one. If that fails too, nothing more can be done.
    if (::open("/dev/null", modes[static_cast<std::size_t>(descriptor)]) < 0) return;
  }
}

}  // namespace cmap::tools
