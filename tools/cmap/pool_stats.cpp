// Counting and percentiles.
#include "tools/cmap/pool_stats.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "tools/cmap/pool_table.hpp"

namespace cmap::tools {
namespace {

struct Counting {
  PoolStats& pool;

  void operator()(const ConnectionPoolCreatedEvent&) const { pool.state = "paused"; }
  void operator()(const ConnectionPoolReadyEvent&) const { pool.state = "ready"; }
  void operator()(const ConnectionPoolClearedEvent& event) const {
    ++pool.generation;
    if (!event.service_id) pool.state = "paused";
  }
  void operator()(const ConnectionPoolClosedEvent&) const { pool.state = "closed"; }
  void operator()(const ConnectionCreatedEvent&) const { ++pool.created; }
  void operator()(const ConnectionReadyEvent& event) const {
    pool.establishment.add(event.duration);
  }
  void operator()(const ConnectionClosedEvent&) const { ++pool.closed; }
  void operator()(const ConnectionCheckOutStartedEvent&) const {}
  void operator()(const ConnectionCheckOutFailedEvent&) const { ++pool.failed; }
  void operator()(const ConnectionCheckedOutEvent& event) const {
    ++pool.checked_out;
    pool.check_out.add(event.duration);
  }
  void operator()(const ConnectionCheckedInEvent&) const {}
};

}  // namespace

void RecentDurations::add(Duration duration) {
  if (durations_.size() < most) {
    durations_.push_back(duration);
    return;
  }
  durations_[next_] = duration;
  next_ = (next_ + 1) % most;
}

Duration RecentDurations::percentile(std::size_t percent) const {
  std::vector<Duration> sorted = durations_;
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::ranges::nth_element(sorted, at);
  return *at;
}

void AllPoolStats::add(const Event& event) {
  PoolStats& pool = pools_[event.address.text()];
  pool.counts = event.counts;
  std::visit(Counting{pool}, event.body);
}

void AllPoolStats::set_server_type(const std::string& address, std::string type) {
  pools_[address].server_type = std::move(type);
}

void AllPoolStats::forget(const std::string& address) {
  pools_.erase(address);
  at_begin_.erase(address);
}

void AllPoolStats::begin_interval() {
  at_begin_.clear();
  for (const auto& [address, pool] : pools_) {
    at_begin_[address] = {.checked_out = pool.checked_out, .created = pool.created};
  }
}

std::string AllPoolStats::table(Duration interval, const TableSpace& space) const {
  const double seconds = std::chrono::duration<double>(interval).count();
  std::vector<PoolRow> rows;
  for (const auto& [address, pool] : pools_) {
    const auto found = at_begin_.find(address);
    const Totals begin = found == at_begin_.end() ? Totals{} : found->second;
    const auto rate = [&](std::uint64_t now, std::uint64_t then) {
      return static_cast<double>(now - then) / seconds;
    };
    rows.push_back({.address = address,
                    .pool = pool,
                    .check_outs = rate(pool.checked_out, begin.checked_out),
                    .created = rate(pool.created, begin.created)});
  }
  return pool_table(rows, space);
}

}  // namespace cmap::tools
