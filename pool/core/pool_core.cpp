// The frame of every transition, and what the core tells about itself.
#include "pool/core/pool_core.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "pool/api/assert.hpp"

namespace cmap {
namespace {

const PoolOptions& checked(const PoolOptions& options) {
  require_valid(options);
  return options;
}

}  // namespace

PoolCore::PoolCore(PoolId id, Address address, const PoolOptions& options, TimePoint now,
                   Outbox& outbox)
    : id_(id),
      address_(std::move(address)),
      options_(resolve(checked(options))),
      outbox_(outbox),
      now_(now) {
  emit(ConnectionPoolCreatedEvent{std::make_shared<const PoolOptions>(non_default(options))});
}

void PoolCore::enter(TimePoint now) {
  ++inputs_;
  now_ = std::max(now_, now);
  // A late timer must not let a check-out be served after its time (A-WQ-3).
  expire_before(now_);
}

EventBody& PoolCore::append_event() {
  ++events_;
  Event& event = std::get<Event>(outbox_.emplace_back(std::in_place_type<Event>));
  event.address = address_;
  event.time = now_;
  event.counts = counts();
  return event.body;
}

PoolCounts PoolCore::counts() const {
  return {.pending = pending_,
          .available = static_cast<std::uint32_t>(available_.size()),
          .in_use = in_use_,
          .waiting = static_cast<std::uint32_t>(wait_queue_.size())};
}

bool PoolCore::is_pending(ConnectionRef connection) const {
  const Connection* found = connections_.find(connection);
  return found && found->state == ConnectionState::pending;
}

std::optional<Generation> PoolCore::generation_of(ConnectionRef connection) const {
  const Connection* found = connections_.find(connection);
  return found ? found->generation : std::nullopt;
}

std::optional<ServiceId> PoolCore::service_of(ConnectionRef connection) const {
  const Connection* found = connections_.find(connection);
  return found ? found->service : std::nullopt;
}

}  // namespace cmap
