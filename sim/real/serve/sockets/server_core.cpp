// Members that come and go, connections that come and go, and the thread in which it all happens.
#include "sim/real/serve/sockets/server_core.hpp"

#include <future>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <openssl/rand.h>

#include "pool/wire/base64.hpp"
#include "sim/real/serve/sockets/client_address.hpp"

namespace cmap::serve {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

void fill_randomly(void* bytes, std::size_t size) {
  if (RAND_bytes(static_cast<unsigned char*>(bytes), static_cast<int>(size)) != 1) {
    throw std::runtime_error("the system has no random numbers");
  }
}

std::string random_nonce() {
  wire::Bytes bytes(24);
  fill_randomly(bytes.data(), bytes.size());
  return wire::to_base64(bytes);
}

ModelOptions model_options(const ServerOptions& options) {
  ModelOptions result{.users = options.users,
                      .authentication = options.authentication,
                      .max_document_bytes = options.max_document_bytes,
                      .nonce = random_nonce};
  Deployment::Options& deployment = result.deployment;
  if (options.replica_set) {
    deployment.kind = Deployment::Kind::replica_set;
    deployment.set_name = *options.replica_set;
    deployment.members = options.ports.size();
  } else if (options.load_balanced) {
    deployment.kind = Deployment::Kind::load_balanced;
  }
  deployment.services = options.services;
  deployment.seed = options.seed;
  // A client that has seen another server here must not take the news of this one for old.
  if (deployment.seed == 0) fill_randomly(&deployment.seed, sizeof deployment.seed);
  return result;
}

}  // namespace

ServerCore::ServerCore(ServerOptions options, Hooks the_hooks)
    : SessionHost(std::move(the_hooks)),
      options_(std::move(options)),
      election_(*context),
      scripted_step_down_(*context) {
  check(options_);
  faults = options_.faults;
  model = std::make_unique<Model>(model_options(options_));
  if (options_.tls) tls_ = make_tls_context(*options_.tls);
}

ServerCore::~ServerCore() { stop(); }

void ServerCore::start() {
  work_.emplace(context->get_executor());
  for (std::size_t i = 0; i < model->deployment.size(); ++i) make_member(i);
  for (std::size_t i = 0; i < model->deployment.size(); ++i) open(i);
  if (options_.step_down_after) {
    scripted_step_down_.expires_after(*options_.step_down_after);
    scripted_step_down_.async_wait([this](error_code cancelled) {
      if (!cancelled) step_down();
    });
  }
  thread_ = std::thread([this] { context->run(); });
}

void ServerCore::make_member(std::size_t member) {
  members_.push_back(
      std::make_unique<Member>(Member{.listeners = {}, .refusal = asio::steady_timer(*context)}));
  auto& listeners = members_.back()->listeners;
  const auto accepted = [this, member](Socket socket) { accept(member, std::move(socket)); };
  if (!options_.ports.empty()) {
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(options_.bind),
                                           options_.ports.at(member));
    listeners.push_back(std::make_unique<Listener>(*context, endpoint, accepted));
    ports_.push_back(listeners.back()->port());
  }
  if (options_.unix_socket && member == 0) {
    listeners.push_back(std::make_unique<Listener>(*context, *options_.unix_socket, accepted));
  }
  model->deployment.set_host(member, host_of(member));
}

void ServerCore::stop() {
  if (!thread_.joinable()) {
    // It has never run, or it has been stopped.
    members_.clear();
    return;
  }
  asio::post(*context, [this] { close_all(); });
  thread_.join();
  members_.clear();
}

void ServerCore::close_all() {
  // With nothing left to wait for, the thread ends.
  work_.reset();
  election_.cancel();
  scripted_step_down_.cancel();
  for (std::size_t i = 0; i < members_.size(); ++i) close(i);
}

void ServerCore::run(const std::function<void()>& action) {
  if (!thread_.joinable() || std::this_thread::get_id() == thread_.get_id()) return action();
  std::promise<void> done;
  asio::post(*context, [&] {
    try {
      action();
      done.set_value();
    } catch (...) {
      done.set_exception(std::current_exception());
    }
  });
  done.get_future().get();
}

void ServerCore::open(std::size_t member) {
  // A timer or a command may come after the end.
  if (!work_) return;
  for (const auto& listener : members_.at(member)->listeners) listener->open();
}

void ServerCore::close(std::size_t member) {
  members_.at(member)->refusal.cancel();
  for (const auto& listener : members_.at(member)->listeners) listener->close();
  // Ending one takes it out of the map.
  const auto sessions = sessions_;
  for (const auto& [number, session] : sessions) {
    if (session->member() == member) session->end(Session::How::at_once);
  }
}

void ServerCore::accept(std::size_t member, Socket socket) {
  const ClientAddress client = client_address(socket);
  error_code ignored;
  // An error on a Unix socket, which does not delay anything.
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  Connection connection{.number = ++last_connection_, .member = member, .client = client.text};
  auto session = std::make_shared<Session>(*this, make_stream(std::move(socket), tls_.get()),
                                           std::move(connection), client.port);
  sessions_.emplace(session->number(), session);
  if (sessions_.size() > options_.max_connections) return session->end(Session::How::reset);
  session->start();
}

void ServerCore::ended(const Session& session) { sessions_.erase(session.number()); }

void ServerCore::close_peer(std::uint64_t connection, Server::How how) {
  const auto found = sessions_.find(connection);
  if (found == sessions_.end()) return;
  const auto session = found->second;
  session->end(how == Server::How::reset ? Session::How::reset : Session::How::orderly);
}

void ServerCore::refuse_for_a_while(std::size_t member) {
  for (const auto& listener : members_.at(member)->listeners) listener->close();
  members_.at(member)->refusal.expires_after(options_.faults->refusal);
  members_.at(member)->refusal.async_wait([this, member](error_code cancelled) {
    if (cancelled || !model->deployment.alive(member)) return;
    try {
      open(member);
    } catch (const std::system_error&) {
      // No descriptors are left: it refuses a while longer.
      refuse_for_a_while(member);
    }
  });
}

void ServerCore::step_down() {
  if (model->deployment.step_down()) elect_later();
  tell_news();
}

void ServerCore::kill(std::size_t member) {
  if (!model->deployment.alive(member)) return;
  model->deployment.kill(member);
  model->cursors.close_all_on(member);
  model->fail_points.at(member) = {};
  close(member);
  elect_later();
  tell_news();
}

void ServerCore::restart(std::size_t member) {
  if (model->deployment.alive(member)) return;
  open(member);
  model->deployment.restart(member);
  elect_later();
  tell_news();
}

void ServerCore::elect_later() {
  if (options_.election_time <= Duration::zero()) return model->deployment.elect();
  election_.expires_after(options_.election_time);
  election_.async_wait([this](error_code cancelled) {
    if (cancelled) return;
    model->deployment.elect();
    tell_news();
  });
}

void ServerCore::look_at_model() {
  if (is_look_posted_) return;
  if (model->wishes.empty() && model->deployment.news() == told_news_) return;
  is_look_posted_ = true;
  // Not now: the session that asks is in the middle of its command.
  asio::post(*context, [this] {
    is_look_posted_ = false;
    carry_out_wishes();
    tell_news();
  });
}

void ServerCore::carry_out_wishes() {
  for (const Wish& wish : std::exchange(model->wishes, {})) {
    switch (wish.kind) {
      case Wish::Kind::elect:
        elect_later();
        break;
      case Wish::Kind::kill:
        kill(wish.member);
        if (hooks.shut_down) hooks.shut_down(wish.member);
        break;
      case Wish::Kind::restart:
        try {
          restart(wish.member);
        } catch (const std::system_error&) {
          // No descriptors are left: it stays dead, as clients see.
        }
        break;
    }
  }
}

void ServerCore::tell_news() {
  if (told_news_ == model->deployment.news()) return;
  told_news_ = model->deployment.news();
  const auto sessions = sessions_;
  for (const auto& [number, session] : sessions) session->news();
}

}  // namespace cmap::serve
