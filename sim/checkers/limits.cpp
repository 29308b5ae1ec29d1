// Limits hold at every event, the counts agree with the events, and nothing is created in vain.
//
// Left out: one background establishment at a time (R8). No event says for whom a connection is.
#include <limits>

#include "sim/checkers/checks.hpp"

namespace cmap::sim {
namespace {

/// At two events the transition is half done, and where the connection counts is the pool's choice:
/// Ready may come before or after it is available or in use, CheckedIn before it is available.
bool agree(EventType type, const PoolCounts& told, const PoolCounts& counted) {
  const auto same = [&told](std::uint32_t pending, std::uint32_t available, std::uint32_t in_use) {
    return told.pending == pending && told.available == available && told.in_use == in_use;
  };
  const auto& [pending, available, in_use, waiting] = counted;
  if (same(pending, available, in_use)) return true;
  if (type == EventType::connection_ready) {
    return same(pending + 1, available - 1, in_use) || same(pending, available - 1, in_use + 1);
  }
  return type == EventType::checked_in && same(pending, available - 1, in_use + 1);
}

void check_created(const ObservedPool& pool, Report& report) {
  const ResolvedPoolOptions& options = pool.options();
  const PoolCounts& counts = pool.counts();
  const std::int64_t total = counts.total();
  if (options.max_pool_size > 0) {
    report.demand(total <= options.max_pool_size, within_max_pool_size, [&] {
      return text_of(counts) + ", maxPoolSize=" + std::to_string(options.max_pool_size);
    });
  }
  report.demand(counts.pending <= options.max_connecting, within_max_connecting, [&] {
    return text_of(counts) + ", maxConnecting=" + std::to_string(options.max_connecting);
  });
  const bool for_check_out = counts.available == 0 && !pool.check_outs().empty();
  report.demand(for_check_out || total <= options.min_pool_size, needed, [&] {
    return text_of(counts) + ", " + std::to_string(pool.check_outs().size()) +
           " check-outs without outcome, minPoolSize=" + std::to_string(options.min_pool_size);
  });
}

}  // namespace

void check_limits(const Event& event, const ObservedPool& pool, Report& report) {
  if (event.type() == EventType::connection_created) check_created(pool, report);
  report.demand(agree(event.type(), event.counts, pool.counts()), counts_agree, [&] {
    return "told " + text_of(event.counts) + ", counted " + text_of(pool.counts()) +
           " (waiting is not counted)";
  });
}

}  // namespace cmap::sim
