// One connection to a simulated server.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/client/simulated_deployment.hpp"
#include "sim/loop.hpp"
#include "sim/real/serve/model/exchange.hpp"

namespace cmap::sim {

/// Called by the loop, never from inside a call of the socket. May give the socket back.
class SocketListener {
 public:
  virtual ~SocketListener() = default;
  virtual void opened() = 0;
  /// `more_to_come`: the server goes on answering by itself.
  virtual void received(wire::Document reply, bool more_to_come) = 0;
  /// Refused, or broken. Nothing follows.
  virtual void broken(NetworkFault fault) = 0;
};

class SimulatedSocket final : public Runnable {
 public:
  explicit SimulatedSocket(SimulatedDeployment& deployment);

  /// After `opened`, and not while an answer is outstanding.
  void send(serve::Request request);

  void run() override;

 private:
  friend class SimulatedDeployment;

  /// What happens next.
  enum class Stage : std::uint8_t {
    free,
    opening,    ///< the other side says yes or no
    idle,       ///< nothing is under way
    arriving,   ///< a request is on its way
    sleeping,   ///< the server lets time pass
    awaiting,   ///< the server waits for news
    answering,  ///< an answer is on its way
    breaking,   ///< the end is on its way
  };

  void open(std::optional<std::size_t> member, SocketListener& listener);
  void close();
  void news();
  void break_off(NetworkFault fault);
  /// The way is free again.
  void go_on();
  [[nodiscard]] bool is_with(std::size_t member) const {
    return stage_ != Stage::free && member_ == member;
  }

  void finish_opening();
  void let_server_go_on();
  void finish_answer();
  void after(Duration time, Stage next);
  [[nodiscard]] bool is_cut_off() const;
  [[nodiscard]] bool is_refused() const;
  [[nodiscard]] Duration latency() const;

  SimulatedDeployment& deployment_;
  Stage stage_ = Stage::free;
  bool is_held_up_ = false;  ///< its time has come while the way was cut off
  std::optional<std::size_t> member_;
  SocketListener* listener_ = nullptr;
  NetworkFault fault_ = NetworkFault::none;
  serve::Connection connection_;
  std::optional<serve::Exchange> exchange_;
  serve::Step step_;
};

}  // namespace cmap::sim
