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
    queue_->deliver_one();
    if (!queue_->empty()) loop_.make_runnable_next(*this);
  }
  void appended() {
    if (!is_running()) loop_.make_runnable_next(*this);
  }
  void serve(DeliveryQueue& queue) { queue_ = &queue; }

 private:
  /// What is appended from inside a delivery is found by `run` itself.
  [[nodiscard]] bool is_running() const { return queue_->is_delivering_here(); }

  Loop& loop_;
  DeliveryQueue* queue_ = nullptr;
};

SimulatedEnvironment::SimulatedEnvironment(Loop& loop, const ServerSetup& setup, bool load_balanced,
                                           std::uint32_t number)
    : loop_(loop),
      setup_(setup),
      load_balanced_(load_balanced),
      number_(number),
      delivery_(std::make_unique<Delivery>(loop, number)),
      deliveries_(std::make_shared<DeliveryQueue>([this] { delivery_->appended(); })) {
  delivery_->serve(*deliveries_);
  for (const FailPoint& fail_point : setup.fail_points) server_.set(fail_point);
}

SimulatedEnvironment::~SimulatedEnvironment() = default;

std::unique_ptr<DeadlineTimer> SimulatedEnvironment::make_timer(std::function<void()> callback) {
  return std::make_unique<Timer>(loop_, number_, std::move(callback));
}

std::unique_ptr<Transport> SimulatedEnvironment::make_transport(const Address& address,
                                                                TransportListener& listener) {
  auto transport = std::make_unique<SimulatedTransport>(loop_, server_, setup_, address,
                                                        load_balanced_, listener);
  transport_ = transport.get();
  return transport;
}

}  // namespace cmap::sim
