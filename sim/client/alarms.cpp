// An alarm keeps its number, which choices know it by, whoever uses it.
#include "sim/client/alarms.hpp"

namespace cmap::sim {
namespace {

class AlarmTimer final : public DeadlineTimer {
 public:
  AlarmTimer(Alarms& alarms, std::function<void()> callback)
      : alarms_(alarms), alarm_(alarms.take(std::move(callback))) {}
  ~AlarmTimer() override { alarms_.give_back(alarm_); }
  void arm(TimePoint when) override { alarms_.loop().arm(alarm_, when, TimerClass::pool); }
  void disarm() override { alarms_.loop().disarm(alarm_); }

 private:
  Alarms& alarms_;
  Alarm& alarm_;
};

}  // namespace

Alarm& Alarms::take(std::function<void()> callback) {
  if (free_.empty()) {
    alarms_.push_back(std::make_unique<Alarm>(static_cast<std::uint32_t>(alarms_.size())));
    free_.push_back(alarms_.back().get());
  }
  Alarm& alarm = *free_.back();
  free_.pop_back();
  alarm.set(std::move(callback));
  return alarm;
}

void Alarms::give_back(Alarm& alarm) {
  loop_.disarm(alarm);
  alarm.set({});
  free_.push_back(&alarm);
}

std::unique_ptr<DeadlineTimer> Alarms::make_timer(std::function<void()> callback) {
  return std::make_unique<AlarmTimer>(*this, std::move(callback));
}

}  // namespace cmap::sim
