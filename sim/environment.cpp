// The seams of pool/environment.hpp on the simulated loop.
#include "sim/environment.hpp"

#include <utility>

namespace cmap::sim {

class SimulatedEnvironment::Timer final : public DeadlineTimer {
 public:
  Timer(Loop& loop, std::uint32_t number, std::function<void()> callback)
      : loop_(loop), alarm_(number, std::move(callback)) {}
  ~Timer() override { loop_.disarm(alarm_); }
  void arm(TimePoint when) override { loop_.arm(alarm_, when, TimerClass::pool); }
  void disarm() override { loop_.disarm(alarm_); }

 private:
  class Alarm final : public Runnable {
   public:
    Alarm(std::uint32_t number, std::function<void()> callback)
        : Runnable({.action = ActionKind::pool_timer, .subject = number}),
          callback_(std::move(callback)) {}
    void run() override { callback_(); }

   private:
    std::function<void()> callback_;
  };

  Loop& loop_;
  Alarm alarm_;
};

SimulatedEnvironment::SimulatedEnvironment(Loop& loop, const ServerSetup& setup,
                                           Handshake handshake, std::uint32_t number,
                                           const BackendFactory& backend)
    : loop_(loop),
      setup_(setup),
      handshake_(handshake),
      number_(number),
      backend_(backend ? backend(setup, handshake.load_balanced) : nullptr),
      delivery_(loop, number) {
  for (const FailPoint& fail_point : setup.fail_points) server_.set(fail_point);
}

SimulatedEnvironment::~SimulatedEnvironment() = default;

void SimulatedEnvironment::set_commuting(std::function<bool(const Effect&)> commutes) {
  delivery_.set_commuting(std::move(commutes));
}

void SimulatedEnvironment::visit_state(StateDigest& digest) const {
  std::size_t waiting = 0;
  while (const Effect* effect = delivery_.queue()->waiting(waiting)) {
    digest.effect(*effect);
    ++waiting;
  }
  digest.word(waiting);
  digest.flag(transport_ != nullptr);
  if (transport_) transport_->visit_state(digest);
  const FailPoint& fail_point = server_.fail_point();
  digest.choice(fail_point.mode);
  digest.word(static_cast<std::uint64_t>(fail_point.count));
  digest.flag(fail_point.close_connection);
  digest.flag(fail_point.block_connection);
  digest.word(static_cast<std::uint64_t>(fail_point.block_time.count()));
  digest.word(static_cast<std::uint64_t>(fail_point.error_code));
  digest.text(fail_point.app_name.value_or(""));
  for (const std::string& command : fail_point.fail_commands) digest.text(command);
  for (const std::string& label : fail_point.error_labels) digest.text(label);
}

std::unique_ptr<DeadlineTimer> SimulatedEnvironment::make_timer(std::function<void()> callback) {
  return std::make_unique<Timer>(loop_, number_, std::move(callback));
}

std::unique_ptr<Transport> SimulatedEnvironment::make_transport(const Address& address,
                                                                TransportListener& listener) {
  auto transport = std::make_unique<SimulatedTransport>(loop_, server_, setup_, address, number_,
                                                        handshake_, listener, backend_.get());
  transport_ = transport.get();
  return transport;
}

}  // namespace cmap::sim
