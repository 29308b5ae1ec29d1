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

 private:
  Loop& loop_;
  DeliveryQueue* queue_ = nullptr;
  bool running_ = false;
};

SimulatedEnvironment::SimulatedEnvironment(Loop& loop, const ServerSetup& setup, bool load_balanced,
                                           std::uint32_t number, const BackendFactory& backend)
    : loop_(loop),
      setup_(setup),
      load_balanced_(load_balanced),
      number_(number),
      backend_(backend ? backend(setup, load_balanced) : nullptr),
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
  auto transport = std::make_unique<SimulatedTransport>(loop_, server_, setup_, address, number_,
                                                        load_balanced_, listener, backend_.get());
  transport_ = transport.get();
  return transport;
}

}  // namespace cmap::sim
