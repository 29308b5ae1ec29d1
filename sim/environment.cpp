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

/// Carries out one effect per step, before anything else in the canonical order.
class SimulatedEnvironment::Delivery final : public Runnable {
 public:
  Delivery(Loop& loop, std::uint32_t number)
      : Runnable({.action = ActionKind::deliver, .subject = number}), loop_(loop) {}

  void run() override {
    running_ = true;
    const std::size_t left = queue_->deliver_one();
    running_ = false;
    if (left > 0) loop_.make_runnable_next(*this);
  }
  /// What is appended from inside a delivery is found by `run` itself.
  void appended() {
    if (!running_) loop_.make_runnable_next(*this);
  }
  void serve(DeliveryQueue& queue) { queue_ = &queue; }
  [[nodiscard]] bool commutes() const override {
    const Effect* const next = commuting_ ? queue_->waiting(0) : nullptr;
    return next && commuting_(*next);
  }
  void set_commuting(std::function<bool(const Effect&)> commuting) {
    commuting_ = std::move(commuting);
  }

 private:
  Loop& loop_;
  DeliveryQueue* queue_ = nullptr;
  std::function<bool(const Effect&)> commuting_;
  bool running_ = false;
};

SimulatedEnvironment::SimulatedEnvironment(Loop& loop, const ServerSetup& setup,
                                           Handshake handshake, std::uint32_t number,
                                           const BackendFactory& backend)
    : loop_(loop),
      setup_(setup),
      handshake_(handshake),
      number_(number),
      backend_(backend ? backend(setup, handshake.load_balanced) : nullptr),
      delivery_(std::make_unique<Delivery>(loop, number)),
      deliveries_(std::make_shared<DeliveryQueue>([this] { delivery_->appended(); })) {
  delivery_->serve(*deliveries_);
  for (const FailPoint& fail_point : setup.fail_points) server_.set(fail_point);
}

SimulatedEnvironment::~SimulatedEnvironment() = default;

void SimulatedEnvironment::set_commuting(std::function<bool(const Effect&)> commutes) {
  delivery_->set_commuting(std::move(commutes));
}

void SimulatedEnvironment::visit_state(StateDigest& digest) const {
  std::size_t waiting = 0;
  while (const Effect* effect = deliveries_->waiting(waiting)) {
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
