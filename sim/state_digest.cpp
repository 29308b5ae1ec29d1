// The names that are given, and the effects that wait to be delivered.
#include "sim/state_digest.hpp"

#include <algorithm>
#include <variant>

#include "sim/event_digest.hpp"

namespace cmap::sim {
namespace {

/// Its place among those that were named before; at the end, if it was not.
template <typename Id>
std::uint64_t place_of(std::vector<Id>& named, Id id) {
  if (id == Id::none) return 0;
  const auto found = std::find(named.begin(), named.end(), id);
  const auto place = static_cast<std::uint64_t>(found - named.begin());
  if (found == named.end()) named.push_back(id);
  return place + 1;
}

constexpr std::uint64_t known_by_id = std::uint64_t{1} << 32;

constexpr std::uint64_t state_word(std::int64_t value) { return static_cast<std::uint64_t>(value); }

/// One overload per event: a new field cannot be forgotten silently.
class EventFields {
 public:
  explicit EventFields(StateVisitor& visitor) : visitor_(visitor) {}

  /// It is the first one always, and the options are the scenario's.
  void operator()(const ConnectionPoolCreatedEvent&) const {}
  void operator()(const ConnectionPoolReadyEvent&) const {}
  void operator()(const ConnectionPoolClearedEvent& event) const {
    visitor_.flag(event.service_id.has_value());
    if (event.service_id) visitor_.service(*event.service_id);
    visitor_.flag(event.interrupt_in_use_connections.value_or(false));
  }
  void operator()(const ConnectionPoolClosedEvent&) const {}
  void operator()(const ConnectionCreatedEvent& event) const {
    visitor_.connection(event.connection_id);
  }
  void operator()(const ConnectionReadyEvent& event) const {
    visitor_.connection(event.connection_id);
    visitor_.word(state_word(event.duration.count()));
  }
  void operator()(const ConnectionClosedEvent& event) const {
    visitor_.connection(event.connection_id);
    visitor_.choice(event.reason);
    visitor_.error(event.error);
  }
  void operator()(const ConnectionCheckOutStartedEvent& event) const {
    visitor_.check_out(event.check_out);
  }
  void operator()(const ConnectionCheckOutFailedEvent& event) const {
    visitor_.check_out(event.check_out);
    visitor_.choice(event.reason);
    visitor_.word(state_word(event.duration.count()));
    visitor_.error(event.error);
  }
  void operator()(const ConnectionCheckedOutEvent& event) const {
    visitor_.check_out(event.check_out);
    visitor_.connection(event.connection_id);
    visitor_.word(state_word(event.duration.count()));
  }
  void operator()(const ConnectionCheckedInEvent& event) const {
    visitor_.connection(event.connection_id);
  }

 private:
  StateVisitor& visitor_;
};

}  // namespace

std::uint64_t StateDigest::name_of(ConnectionId id) {
  if (id != ConnectionId::none && id <= named_) {
    return known_by_id + static_cast<std::uint64_t>(number(id));
  }
  return place_of(connections_, id);
}

std::uint64_t StateDigest::name_of(CheckOutId id) { return place_of(check_outs_, id); }

std::uint64_t StateDigest::name_of(const Option& option) {
  std::uint64_t subject = option.subject;
  if (option.action == ActionKind::transport) {
    subject = name_of(static_cast<ConnectionId>(option.subject));
  } else if (option.action == ActionKind::operate || option.action == ActionKind::wake) {
    subject = actors_[option.subject];
  }
  return static_cast<std::uint64_t>(option.action) << 48 | subject;
}

std::uint64_t StateDigest::since_now(TimePoint time) const {
  if (time == TimePoint::max() || time == TimePoint::min()) {
    return state_word(time.time_since_epoch().count());
  }
  return state_word((time - now_).count());
}

void StateDigest::last_connection(ConnectionId id) {
  if (!last_connection_) {
    last_connection_ = id;
    digest_.fold(state_word(number(std::min(id, std::max(named_, scripted_)))));
  }
  digest_.fold(state_word(number(id) - number(*last_connection_)));
}

void StateDigest::last_check_out(CheckOutId id) {
  if (!last_check_out_) last_check_out_ = id;
  digest_.fold(state_word(number(id) - number(*last_check_out_)));
}

void StateDigest::generation(Generation generation) {
  if (!generation_) generation_ = generation;
  digest_.fold(state_word(number(generation) - number(*generation_)));
}

void StateDigest::service(const ServiceId& service) {
  for (const std::uint8_t byte : service.bytes()) digest_.fold(byte);
}

void StateDigest::error(const ErrorPtr& error) { fold_error(digest_, error); }

void StateDigest::event(const Event& event) {
  const PoolCounts& counts = event.counts;
  choice(event.type());
  time(event.time);
  for (const std::uint32_t count :
       {counts.pending, counts.available, counts.in_use, counts.waiting}) {
    word(count);
  }
  std::visit(EventFields(*this), event.body);
}

void StateDigest::effect(const Effect& effect) {
  struct Fields {
    StateDigest& digest;
    void operator()(const Event& event) const { digest.event(event); }
    void operator()(const CheckOutCompleted& completed) const {
      digest.check_out(completed.check_out.id);
      digest.connection(completed.lease.connection.id);
      digest.error(completed.error);
    }
    void operator()(const StartEstablishing& start) const {
      digest.connection(start.connection.id);
    }
    void operator()(const TimeOutEstablishing& time_out) const {
      digest.connection(time_out.connection.id);
    }
    void operator()(const InterruptConnection& interrupt) const {
      digest.connection(interrupt.connection.id);
      digest.error(interrupt.error);
    }
    void operator()(const CloseTransport& close) const {
      digest.connection(close.connection.id);
      digest.choice(close.how);
    }
    void operator()(const PoolDrained&) const {}
  };
  word(effect.index());
  std::visit(Fields{*this}, effect);
}

}  // namespace cmap::sim
