// Section G of the requirements, recounted from scratch: the first oracle.
#include "pool/api/assert.hpp"
#include "pool/core/pool_core.hpp"

namespace cmap {
namespace {

struct Recount {
  PoolCounts counts;
  PurposeCounts purposes;
  std::size_t deadlines = 0;
  std::size_t populating = 0;
  std::int64_t with_service = 0;
};

void recount_purpose(PurposeCounts& purposes, CheckOutPurpose purpose) {
  switch (purpose) {
    case CheckOutPurpose::other:
      ++purposes.other;
      return;
    case CheckOutPurpose::cursor:
      ++purposes.cursor;
      return;
    case CheckOutPurpose::transaction:
      ++purposes.transaction;
      return;
  }
}

void recount(Recount& all, const Connection& connection) {
  if (connection.deadline != Deadlines::none) ++all.deadlines;
  if (connection.service) ++all.with_service;
  switch (connection.state) {
    case ConnectionState::closed:
      assertion_failed("a closed connection is among the live ones", __FILE__, __LINE__);
    case ConnectionState::pending:
      ++all.counts.pending;
      if (connection.for_population) ++all.populating;
      CMAP_ASSERT(connection.holder == CheckOutId::none);
      return;
    case ConnectionState::available:
      ++all.counts.available;
      CMAP_ASSERT(connection.holder == CheckOutId::none && connection.generation);
      return;
    case ConnectionState::in_use:
      ++all.counts.in_use;
      recount_purpose(all.purposes, connection.purpose);
      CMAP_ASSERT(connection.holder != CheckOutId::none && connection.generation);
      return;
  }
}

}  // namespace

void PoolCore::check_invariants() const {
  if (checked_inputs_ == inputs_) return;
  checked_inputs_ = inputs_;
  Recount all;
  std::size_t bound = 0;
  for (const Connection* connection = live_.first(); connection;
       connection = live_.next(*connection)) {
    recount(all, *connection);
    if (connection->bound == CheckOutRef{}) continue;
    ++bound;
    const CheckOut* check_out = check_outs_.find(connection->bound);
    CMAP_ASSERT(check_out && !check_out->queued && check_out->connection == connection->ref);
  }
  for (const CheckOut* waiting = wait_queue_.first(); waiting;
       waiting = wait_queue_.next(*waiting)) {
    CMAP_ASSERT(waiting->queued);
    ++all.counts.waiting;
  }
  CMAP_ASSERT(all.counts == counts());
  CMAP_ASSERT(all.purposes == purposes_);
  CMAP_ASSERT(all.populating == (populating_ ? 1U : 0U));
  CMAP_ASSERT(connections_.size() == all.counts.total());
  CMAP_ASSERT(check_outs_.size() == all.counts.waiting + bound);
  CMAP_ASSERT(deadlines_.size() <= check_outs_.size() + all.deadlines);

  std::int64_t counted = 0;
  services_.for_each([&](const ServiceId& service) { counted += services_.connections(service); });
  CMAP_ASSERT(counted == all.with_service);

  const auto total = static_cast<std::int64_t>(all.counts.total());
  CMAP_ASSERT(options_.max_pool_size == 0 || total <= options_.max_pool_size);
  CMAP_ASSERT(all.counts.pending <= options_.max_connecting);

  const bool unserved = all.counts.waiting > 0;
  CMAP_ASSERT(!unserved || state_ == PoolState::ready);
  CMAP_ASSERT(!unserved || (all.counts.available == 0 && !may_create()));
  CMAP_ASSERT(state_ != PoolState::closed ||
              (all.counts.pending == 0 && all.counts.available == 0));
  CMAP_ASSERT(state_ != PoolState::closed || !next_run_);
}

}  // namespace cmap
