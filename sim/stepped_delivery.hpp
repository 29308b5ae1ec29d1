// Deliveries as steps of the loop, so that whatever else can happen may happen between two effects.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "pool/delivery_queue.hpp"
#include "sim/loop.hpp"

namespace cmap::sim {

/// Carries out one effect per step, before anything else in the canonical order.
class SteppedDelivery final : public Runnable {
 public:
  /// `loop` must outlive it and the queue. `number`: what it is called in choices.
  SteppedDelivery(Loop& loop, std::uint32_t number)
      : Runnable({.action = ActionKind::deliver, .subject = number}),
        loop_(loop),
        queue_(std::make_shared<DeliveryQueue>([this] { appended(); })) {}

  [[nodiscard]] const std::shared_ptr<DeliveryQueue>& queue() const { return queue_; }

  void run() override {
    running_ = true;
    const std::size_t left = queue_->deliver_one();
    running_ = false;
    if (left > 0) loop_.make_runnable_next(*this);
  }

  [[nodiscard]] bool commutes() const override {
    const Effect* const next = commuting_ ? queue_->waiting(0) : nullptr;
    return next && commuting_(*next);
  }
  /// Tells which effects commute with all that can happen besides; none at first.
  void set_commuting(std::function<bool(const Effect&)> commuting) {
    commuting_ = std::move(commuting);
  }

 private:
  /// What is appended from inside a delivery is found by `run` itself.
  void appended() {
    if (!running_) loop_.make_runnable_next(*this);
  }

  Loop& loop_;
  const std::shared_ptr<DeliveryQueue> queue_;
  std::function<bool(const Effect&)> commuting_;
  bool running_ = false;
};

}  // namespace cmap::sim
