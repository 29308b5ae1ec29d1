// Counting, percentiles, columns.
#include "tools/cmap/pool_stats.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

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

std::string milliseconds_at(const RecentDurations& durations, std::size_t percent) {
  if (durations.empty()) return "-";
  const std::chrono::duration<double, std::milli> time = durations.percentile(percent);
  return fmt::format("{:.3f}", time.count());
}

std::string row(const std::string& address, const PoolStats& pool, double check_outs,
                double created) {
  return fmt::format(
      "{:<24} {:<11} {:<6} {:>3} {:>5} {:>6} {:>7} {:>5}  {:>9.1f} {:>7} {:>7}  "
      "{:>6.1f} {:>7} {:>7} {:>7}\n",
      address, pool.server_type.empty() ? "-" : pool.server_type, pool.state, pool.generation,
      pool.counts.available, pool.counts.in_use, pool.counts.pending, pool.counts.waiting,
      check_outs, milliseconds_at(pool.check_out, 50), milliseconds_at(pool.check_out, 99), created,
      milliseconds_at(pool.establishment, 50), milliseconds_at(pool.establishment, 99),
      pool.failed);
}

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

void AllPoolStats::begin_interval() {
  at_begin_.clear();
  for (const auto& [address, pool] : pools_) {
    at_begin_[address] = {.checked_out = pool.checked_out, .created = pool.created};
  }
}

std::string AllPoolStats::table(Duration interval) const {
  const double seconds = std::chrono::duration<double>(interval).count();
  std::string text = fmt::format(
      "{:<24} {:<11} {:<6} {:>3} {:>5} {:>6} {:>7} {:>5}  {:>9} {:>7} {:>7}  {:>6} {:>7} {:>7} "
      "{:>7}\n",
      "server", "type", "state", "gen", "avail", "in use", "pending", "queue", "check-out", "p50",
      "p99", "new", "p50", "p99", "failed");
  text += fmt::format("{:>71}  {:>9} {:>7} {:>7}  {:>6} {:>7} {:>7} {:>7}\n", "", "per s", "ms",
                      "ms", "per s", "ms", "ms", "");
  for (const auto& [address, pool] : pools_) {
    const auto found = at_begin_.find(address);
    const Totals begin = found == at_begin_.end() ? Totals{} : found->second;
    const auto rate = [&](std::uint64_t now, std::uint64_t then) {
      return static_cast<double>(now - then) / seconds;
    };
    text += row(address, pool, rate(pool.checked_out, begin.checked_out),
                rate(pool.created, begin.created));
  }
  return text;
}

}  // namespace cmap::tools
