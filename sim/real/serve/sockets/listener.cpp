// Two sockets share a port as long as only one of them listens: one keeps it, one comes and goes.
#include "sim/real/serve/sockets/listener.hpp"

#include <sys/stat.h>
#include <system_error>
#include <utility>

#include <boost/asio/local/stream_protocol.hpp>

#include "pool/asio/close_on_exec.hpp"
#include "sim/real/serve/cannot_listen.hpp"

namespace cmap::serve {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

std::optional<FileIdentity> socket_at(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return std::nullopt;
  return FileIdentity{.device = status.st_dev, .file = status.st_ino};
}

/// What a server that was killed left behind. Neither the socket of a server that runs nor anything
/// else at that path is ours to delete.
void remove_dead_socket(asio::io_context& context, const std::filesystem::path& path) {
  if (!socket_at(path)) return;
  asio::local::stream_protocol::socket probe(context);
  probe.open();
  close_on_exec(probe);
  probe.non_blocking(true);  // a server whose queue is full is alive
  boost::system::error_code code;
  probe.connect(path.string(), code);
  if (code == asio::error::connection_refused) std::filesystem::remove(path);
}

/// As an exception that people catch who know nothing of Boost, and with the place.
template <typename Action>
void translated(const std::string& place, bool on_unix_socket, Action&& action) {
  try {
    action();
  } catch (const boost::system::system_error& error) {
    throw CannotListen({error.code().value(), std::system_category()}, place, on_unix_socket);
  }
}

}  // namespace

Listener::Listener(asio::io_context& context, const tcp::endpoint& endpoint, Accepted accepted)
    : context_(context), accepted_(std::move(accepted)), acceptor_(context), pause_(context) {
  place_ = endpoint.address().to_string() + " port " + std::to_string(endpoint.port());
  translated(place_, false, [&] {
    holder_.emplace(context, endpoint.protocol());
    close_on_exec(*holder_);
    holder_->set_option(tcp::socket::reuse_address(true));
    holder_->bind(endpoint);
    endpoint_ = holder_->local_endpoint();
    port_ = holder_->local_endpoint().port();
  });
}

Listener::Listener(asio::io_context& context, std::filesystem::path path, Accepted accepted)
    : context_(context),
      accepted_(std::move(accepted)),
      path_(std::move(path)),
      acceptor_(context),
      pause_(context) {
  place_ = path_.string();
  translated(place_, true,
             [&] { endpoint_ = asio::local::stream_protocol::endpoint(path_.string()); });
}

Listener::~Listener() { close(); }

void Listener::open() {
  if (acceptor_.is_open()) return;
  translated(place_, !path_.empty(), [&] {
    if (!path_.empty()) remove_dead_socket(context_, path_);
    Acceptor acceptor(context_);
    acceptor.open(endpoint_.protocol());
    close_on_exec(acceptor);
    if (path_.empty()) acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(endpoint_);
    if (!path_.empty()) file_ = socket_at(path_);
    acceptor.listen(asio::socket_base::max_listen_connections);
    acceptor_ = std::move(acceptor);
  });
  accept(++openings_);
}

void Listener::close() {
  ++openings_;
  pause_.cancel();
  if (!acceptor_.is_open()) return;
  // As long as the socket is open no other file can have its identity.
  std::error_code ignored;
  if (file_ && socket_at(path_) == file_) std::filesystem::remove(path_, ignored);
  file_.reset();
  boost::system::error_code also_ignored;
  acceptor_.close(also_ignored);
}

void Listener::accept(std::uint64_t opening) {
  acceptor_.async_accept([this, opening](boost::system::error_code error, Socket socket) {
    if (error == asio::error::operation_aborted || opening != openings_) return;
    if (!error) {
      close_on_exec(socket);
      accepted_(std::move(socket));
      if (opening == openings_) accept(opening);
      return;
    }
    // Most often there are no descriptors left: other connections have to end first.
    pause_.expires_after(std::chrono::milliseconds(20));
    pause_.async_wait([this, opening](boost::system::error_code cancelled) {
      if (!cancelled && opening == openings_) accept(opening);
    });
  });
}

}  // namespace cmap::serve
