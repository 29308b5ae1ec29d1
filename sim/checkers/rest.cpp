// What may be left when nothing goes on any more.
//
// Left out: total >= minPoolSize of a ready pool (A-POP-3). A pool whose establishments fail is
// correct below it, between two background Runs, for as long as they fail.
#include "sim/checkers/checks.hpp"

namespace cmap::sim {
namespace {

/// Those without outcome beyond the pending connections do wait.
void check_progress(const ObservedPool& pool, Report& report) {
  const ResolvedPoolOptions& options = pool.options();
  const PoolCounts& counts = pool.counts();
  if (pool.check_outs().size() <= counts.pending) return;
  const bool room = options.max_pool_size == 0 || counts.total() < options.max_pool_size;
  const bool could_create = room && counts.pending < options.max_connecting;
  const bool could_serve = counts.available > 0 || could_create;
  report.demand(pool.state() == PoolState::ready && !could_serve, nobody_waits, [&] {
    return std::to_string(pool.check_outs().size()) +
           " check-outs without outcome, the oldest is " + name_of(pool.check_outs().front().id) +
           "; " + text_of(counts);
  });
}

}  // namespace

void check_rest(const ObservedPool& pool, Report& report) {
  const PoolCounts& counts = pool.counts();
  const auto detail = [&] { return text_of(counts); };
  const bool had_connections = pool.last_connection() != ConnectionId::none;
  if (had_connections) report.demand(counts.in_use == 0, all_checked_in, detail);
  if (pool.closing()) {
    report.demand(false, close_is_one_step, [] { return "PoolClosed is missing"; });
  }
  if (pool.last().type == EventType::checked_in && pool.last().on_perished_connection) {
    report.demand(false, perished_at_check_in,
                  [&] { return name_of(pool.last().connection) + " was checked in last"; });
  }
  if (had_connections && pool.closed()) {
    report.demand(pool.connections().empty(), all_closed, detail);
  }
  check_progress(pool, report);
}

}  // namespace cmap::sim
