// All of a server: its model, its places to listen, its connections and its thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "sim/real/serve/server.hpp"
#include "sim/real/serve/sockets/listener.hpp"
#include "sim/real/serve/sockets/session.hpp"

namespace cmap::serve {

class ServerCore : public SessionHost {
 public:
  // As Server has them.
  ServerCore(ServerOptions options, Hooks hooks);
  ~ServerCore() override;
  void start();
  void stop();
  [[nodiscard]] const std::vector<std::uint16_t>& ports() const { return ports_; }
  [[nodiscard]] std::string uri() const;

  /// Carries `action` out in the server's thread and waits for it; if there is none, here and now.
  void run(const std::function<void()>& action);

  // Only inside of `run`.
  [[nodiscard]] std::size_t connections() const { return sessions_.size(); }
  void step_down();
  void kill(std::size_t member);
  void restart(std::size_t member);
  void close_peer(std::uint64_t connection, Server::How how);

  void ended(const Session& session) override;
  void look_at_model() override;
  void refuse_for_a_while(std::size_t member) override;

 private:
  struct Member {
    std::vector<std::unique_ptr<Listener>> listeners;
    boost::asio::steady_timer refusal;
  };

  void make_member(std::size_t member);
  void accept(std::size_t member, Socket socket);
  void open(std::size_t member);
  void close(std::size_t member);
  void elect_later();
  void carry_out_wishes();
  /// To everybody who waits, if there are news.
  void tell_news();
  void close_all();
  [[nodiscard]] std::string host_of(std::size_t member) const;

  const ServerOptions options_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  std::vector<std::uint16_t> ports_;
  std::vector<std::unique_ptr<Member>> members_;
  std::map<std::uint64_t, std::shared_ptr<Session>> sessions_;
  std::uint64_t last_connection_ = 0;
  std::uint64_t told_news_ = 0;
  bool is_look_posted_ = false;
  boost::asio::steady_timer election_;
  boost::asio::steady_timer scripted_step_down_;

  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::thread thread_;
};

/// Throws std::invalid_argument where they contradict themselves.
void check(const ServerOptions& options);

}  // namespace cmap::serve
