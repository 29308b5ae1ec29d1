// Packs the small fields of an event into few words: it is done once per event of every run.
#include "sim/event_digest.hpp"

namespace cmap::sim {
namespace {

/// Two numbers in one word.
constexpr std::uint64_t pair(std::uint32_t high, std::uint32_t low) {
  return std::uint64_t{high} << 32 | low;
}

template <typename Enum>
constexpr std::uint32_t small(Enum value) {
  return static_cast<std::uint32_t>(value);
}

constexpr std::uint64_t word(std::int64_t value) { return static_cast<std::uint64_t>(value); }
constexpr std::uint64_t word(Duration value) { return word(value.count()); }
constexpr std::uint64_t word(ConnectionId id) { return word(number(id)); }
constexpr std::uint64_t word(CheckOutId id) { return word(number(id)); }

template <typename Value>
void fold_optional(Digest& digest, const std::optional<Value>& value) {
  digest.fold(value ? 1 : 0);
  if (value) digest.fold(word(*value));
}

void fold_options(Digest& digest, const PoolOptions* options) {
  digest.fold(options != nullptr ? 1 : 0);
  if (options == nullptr) return;
  fold_optional(digest, options->max_pool_size);
  fold_optional(digest, options->min_pool_size);
  fold_optional(digest, options->max_idle_time);
  fold_optional(digest, options->max_connecting);
  fold_optional(digest, options->wait_queue_timeout);
  fold_optional(digest, options->background_interval);
  fold_optional(digest, options->establishment_timeout);
  fold_optional(digest, options->handshake_timeout);
  digest.fold(options->load_balanced ? 1 : 0);
}

void fold_service(Digest& digest, const ServiceId& service) {
  std::uint64_t folded = 0;
  for (std::size_t i = 0; i < ServiceId::size; ++i) {
    folded = folded << 8 | service.bytes()[i];
    if (i % 8 == 7 || i + 1 == ServiceId::size) {
      digest.fold(folded);
      folded = 0;
    }
  }
}

/// One overload per event type, so that a new field or type cannot be forgotten silently.
class DigestFields {
 public:
  explicit DigestFields(Digest& digest) : digest_(digest) {}

  void operator()(const ConnectionPoolCreatedEvent& event) const {
    fold_options(digest_, event.options.get());
  }
  void operator()(const ConnectionPoolReadyEvent&) const {}
  void operator()(const ConnectionPoolClearedEvent& event) const {
    const auto& interrupt = event.interrupt_in_use_connections;
    digest_.fold(pair(event.service_id ? 1 : 0, interrupt ? 1 + small(*interrupt) : 0));
    if (event.service_id) fold_service(digest_, *event.service_id);
  }
  void operator()(const ConnectionPoolClosedEvent&) const {}
  void operator()(const ConnectionCreatedEvent& event) const {
    digest_.fold(word(event.connection_id));
  }
  void operator()(const ConnectionReadyEvent& event) const {
    digest_.fold(word(event.connection_id), word(event.duration));
  }
  void operator()(const ConnectionClosedEvent& event) const {
    digest_.fold(word(event.connection_id), small(event.reason));
    fold_error(digest_, event.error);
  }
  void operator()(const ConnectionCheckOutStartedEvent& event) const {
    digest_.fold(word(event.check_out));
  }
  void operator()(const ConnectionCheckOutFailedEvent& event) const {
    digest_.fold(word(event.check_out), small(event.reason));
    digest_.fold(word(event.duration));
    fold_error(digest_, event.error);
  }
  void operator()(const ConnectionCheckedOutEvent& event) const {
    digest_.fold(word(event.connection_id), word(event.check_out));
    digest_.fold(word(event.duration));
  }
  void operator()(const ConnectionCheckedInEvent& event) const {
    digest_.fold(word(event.connection_id));
  }

 private:
  Digest& digest_;
};

}  // namespace

void fold_error(Digest& digest, const ErrorPtr& error) {
  if (!error) {
    digest.fold(~std::uint64_t{0});
    return;
  }
  digest.fold(pair(small(error->type), small(error->labels)), word(std::int64_t{error->code}));
  digest.fold_text(error->message);
}

void fold_event(Digest& digest, const Event& event) {
  const PoolCounts& counts = event.counts;
  digest.fold(word(event.time.time_since_epoch()), small(event.type()));
  digest.fold(pair(counts.pending, counts.available), pair(counts.in_use, counts.waiting));
  digest.fold_text(event.address.text());
  // No visit: a table of functions costs more than the folding.
  const DigestFields fields(digest);
  switch (event.type()) {
    case EventType::pool_created:
      return fields(*std::get_if<ConnectionPoolCreatedEvent>(&event.body));
    case EventType::pool_ready:
      return fields(*std::get_if<ConnectionPoolReadyEvent>(&event.body));
    case EventType::pool_cleared:
      return fields(*std::get_if<ConnectionPoolClearedEvent>(&event.body));
    case EventType::pool_closed:
      return fields(*std::get_if<ConnectionPoolClosedEvent>(&event.body));
    case EventType::connection_created:
      return fields(*std::get_if<ConnectionCreatedEvent>(&event.body));
    case EventType::connection_ready:
      return fields(*std::get_if<ConnectionReadyEvent>(&event.body));
    case EventType::connection_closed:
      return fields(*std::get_if<ConnectionClosedEvent>(&event.body));
    case EventType::check_out_started:
      return fields(*std::get_if<ConnectionCheckOutStartedEvent>(&event.body));
    case EventType::check_out_failed:
      return fields(*std::get_if<ConnectionCheckOutFailedEvent>(&event.body));
    case EventType::checked_out:
      return fields(*std::get_if<ConnectionCheckedOutEvent>(&event.body));
    case EventType::checked_in:
      return fields(*std::get_if<ConnectionCheckedInEvent>(&event.body));
  }
}

}  // namespace cmap::sim
