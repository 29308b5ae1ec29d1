// The public face: every function goes to the thread of the server, if it runs.
#include "sim/real/serve/server.hpp"

#include <utility>

#include "sim/real/serve/sockets/server_core.hpp"

namespace cmap::serve {

class Server::Impl : public ServerCore {
  using ServerCore::ServerCore;
};

Server::Server(ServerOptions options, Hooks hooks)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(hooks))) {}

Server::~Server() { stop(); }

void Server::start() { impl_->start(); }

void Server::stop() { impl_->stop(); }

std::vector<std::uint16_t> Server::ports() const { return impl_->ports(); }

std::string Server::uri() const { return impl_->uri(); }

std::size_t Server::connections() const {
  std::size_t count = 0;
  impl_->run([&] { count = impl_->connections(); });
  return count;
}

std::optional<std::size_t> Server::primary() const {
  std::optional<std::size_t> primary;
  impl_->run([&] { primary = impl_->model->deployment.primary(); });
  return primary;
}

void Server::step_down() {
  impl_->run([&] { impl_->step_down(); });
}

void Server::kill(std::size_t member) {
  impl_->run([&] { impl_->kill(member); });
}

void Server::restart(std::size_t member) {
  impl_->run([&] { impl_->restart(member); });
}

void Server::set_fail_point(std::size_t member, sim::FailPoint fail_point) {
  impl_->run([&] { impl_->model->fail_points.at(member).set(std::move(fail_point)); });
}

void Server::close_peer(std::uint64_t connection, How how) {
  impl_->run([&] { impl_->close_peer(connection, how); });
}

}  // namespace cmap::serve
