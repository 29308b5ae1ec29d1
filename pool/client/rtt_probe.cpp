// Measure, rest, measure.
#include "pool/client/rtt_probe.hpp"

namespace cmap {

void RttProbe::start(TimePoint now) {
  if (started_) return;
  started_ = true;
  measure(now);
}

void RttProbe::stop() {
  started_ = false;
  measuring_ = false;
  deadline_.reset();
  socket_.close();
}

void RttProbe::measure(TimePoint now) {
  measuring_ = true;
  deadline_.reset();
  if (options_.connect_timeout > Duration::zero()) {
    deadline_ = saturating_sum(now, options_.connect_timeout);
  }
  if (socket_.is_open()) {
    socket_.ask(now);
  } else {
    socket_.open();
  }
}

void RttProbe::rest(TimePoint now) {
  measuring_ = false;
  deadline_ = saturating_sum(now, options_.heartbeat_frequency);
}

void RttProbe::replied(const wire::HelloReply& reply, TimePoint now) {
  if (!socket_.asked()) return;
  if (!reply.ok) {
    failed(now);
    return;
  }
  times_.add(now - *socket_.asked());
  socket_.answered(reply);
  rest(now);
}

void RttProbe::failed(TimePoint now) {
  socket_.close();
  if (measuring_) rest(now);
}

void RttProbe::advance(TimePoint now) {
  if (!deadline_ || now < *deadline_) return;
  if (measuring_) {
    failed(now);
  } else {
    measure(now);
  }
}

}  // namespace cmap
