// Of each connection the events are in order, and a check-out begins with its first: so what a pool
// has outstanding says what it cannot have.
#include "sim/checkers/pool_owner.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cmap::sim {
namespace {

using Ids = std::multiset<ConnectionId>;

bool take(Ids& ids, ConnectionId id) {
  const auto found = ids.find(id);
  if (found == ids.end()) return false;
  ids.erase(found);
  return true;
}

void move(Ids& from, Ids& to, ConnectionId id) {
  if (take(from, id)) to.insert(id);
}

bool is_refused(const Event& event) {
  const auto* const failed = std::get_if<ConnectionCheckOutFailedEvent>(&event.body);
  return failed && failed->reason == CheckOutFailedReason::pool_closed;
}

using Pools = std::vector<OwnedEvents*>;

/// The newest first, one for each Outstanding. Only a pool that is closed refuses.
Pools candidates_for(const Event& event, const Pools& pools) {
  Pools found;
  const OwnedEvents& newest = *pools.back();
  for (auto each = pools.rbegin(); each != pools.rend(); ++each) {
    OwnedEvents& pool = **each;
    const bool is_possible =
        pool.is_closed || (&pool == &newest && (!is_refused(event) || pool.is_unclear));
    const bool is_known = std::ranges::any_of(found, [&pool](const OwnedEvents* other) {
      return other->outstanding == pool.outstanding;
    });
    if (is_possible && !is_known && pool.outstanding->can_have(event)) found.push_back(&pool);
  }
  return found;
}

/// It may have begun on the pool before, which was closed, and was taken for the newest's.
Pools refusers(const Pools& pools) {
  OwnedEvents* const former = pools[pools.size() - 2];
  if (!former->is_closed || pools.back()->is_closed) return {pools.back()};
  return {pools.back(), former};
}

void make_unclear(const Pools& candidates, const Pools& pools) {
  const auto common = std::make_shared<Outstanding>();
  std::vector<std::shared_ptr<Outstanding>> parts;
  for (const OwnedEvents* each : candidates) parts.push_back(each->outstanding);
  for (const auto& part : parts) common->add(*part);
  for (OwnedEvents* pool : pools) {
    if (std::ranges::find(parts, pool->outstanding) == parts.end()) continue;
    pool->outstanding = common;
    pool->is_unclear = true;
  }
}

}  // namespace

bool Outstanding::can_have(const Event& event) const {
  const ConnectionId id = connection_of(event.body);
  switch (event.type()) {
    case EventType::check_out_failed:
      return check_outs_ > 0;
    case EventType::connection_ready:
      return pending_.contains(id);
    case EventType::checked_out:
      return available_.contains(id) && check_outs_ > 0;
    case EventType::checked_in:
      return in_use_.contains(id) || closed_in_use_.contains(id);
    case EventType::connection_closed:
      return pending_.contains(id) || available_.contains(id) || in_use_.contains(id);
    case EventType::pool_created:
    case EventType::pool_ready:
    case EventType::pool_cleared:
    case EventType::pool_closed:
    case EventType::connection_created:
    case EventType::check_out_started:
      break;
  }
  return false;
}

bool Outstanding::fits(const Event& event) const {
  const std::size_t closed = event.type() == EventType::connection_closed ? 1 : 0;
  return pending_.size() + available_.size() + in_use_.size() == event.counts.total() + closed;
}

void Outstanding::note(const Event& event) {
  const ConnectionId id = connection_of(event.body);
  switch (event.type()) {
    case EventType::check_out_started:
      ++check_outs_;
      break;
    case EventType::check_out_failed:
      check_outs_ -= check_outs_ > 0 ? 1 : 0;
      break;
    case EventType::connection_created:
      pending_.insert(id);
      break;
    case EventType::connection_ready:
      move(pending_, available_, id);
      break;
    case EventType::checked_out:
      check_outs_ -= check_outs_ > 0 ? 1 : 0;
      move(available_, in_use_, id);
      break;
    case EventType::checked_in:
      if (!take(closed_in_use_, id)) move(in_use_, available_, id);
      break;
    case EventType::connection_closed:
      if (!take(available_, id) && !take(pending_, id)) move(in_use_, closed_in_use_, id);
      break;
    case EventType::pool_created:
    case EventType::pool_ready:
    case EventType::pool_cleared:
    case EventType::pool_closed:
      break;
  }
}

void Outstanding::add(const Outstanding& other) {
  pending_.insert(other.pending_.begin(), other.pending_.end());
  available_.insert(other.available_.begin(), other.available_.end());
  in_use_.insert(other.in_use_.begin(), other.in_use_.end());
  closed_in_use_.insert(other.closed_in_use_.begin(), other.closed_in_use_.end());
  check_outs_ += other.check_outs_;
}

OwnedEvents& owner_of(const Pools& pools, const Event& event, bool has_counts) {
  Pools candidates = candidates_for(event, pools);
  if (candidates.empty()) candidates = is_refused(event) ? refusers(pools) : Pools{pools.back()};
  if (candidates.size() > 1 && has_counts) {
    Pools fitting;
    std::ranges::copy_if(candidates, std::back_inserter(fitting), [&event](const auto* pool) {
      return pool->is_unclear || pool->outstanding->fits(event);
    });
    if (!fitting.empty()) candidates = std::move(fitting);
  }
  if (candidates.size() > 1) make_unclear(candidates, pools);
  return *candidates.front();
}

}  // namespace cmap::sim
