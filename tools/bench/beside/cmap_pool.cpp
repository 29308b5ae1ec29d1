// The server beside us, and our pool.
#include <csignal>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "sim/real/serve/server.hpp"
#include "sim/real/temporary_certificates.hpp"
#include "tools/bench/beside/contestants.hpp"

namespace cmap::bench {
namespace {

/// Writes its port and serves until it is killed or its parent ends.
[[noreturn]] void serve_in_child(bool tls, int port_pipe) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  serve::ServerOptions options;
  {
    const sim::TemporaryCertificates certificates;
    if (tls)
      options.tls = serve::TlsOptions{.certificate_key_file = certificates.files().server_key_file};
    static serve::Server server(options);
    server.start();
    const std::uint16_t port = server.ports().front();
    if (write(port_pipe, &port, sizeof port) != sizeof port) _exit(1);
  }
  for (;;) pause();
}

}  // namespace

ServerProcess::ServerProcess(bool tls) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  process_ = fork();
  if (process_ < 0) throw std::runtime_error("no process for the server");
  if (process_ == 0) serve_in_child(tls, ends[1]);
  close(ends[1]);
  const bool there = read(ends[0], &port_, sizeof port_) == sizeof port_;
  close(ends[0]);
  if (!there) throw std::runtime_error("the server did not start");
}

ServerProcess::~ServerProcess() {
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

CmapPool::CmapPool(const Address& address, const PoolOptions& options, bool observed,
                   const NetworkOptions& network)
    : environment_(threads_, network),
      pool_(address, options, environment_,
            observed ? PoolHooks{.listeners = {[this](const Event&) { ++seen_; }}} : PoolHooks{}) {
  pool_.ready();
}

void CmapPool::fill(std::size_t connections) {
  std::vector<ConnectionHandle> handles;
  while (handles.size() < connections) handles.push_back(pool_.check_out());
}

}  // namespace cmap::bench
