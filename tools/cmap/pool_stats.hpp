// What the events of many pools add up to: the table of `cmap monitor --stats`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "pool/api/events.hpp"
#include "pool/api/time.hpp"

namespace cmap::tools {

/// The last durations of something; older ones are forgotten.
class RecentDurations {
 public:
  static constexpr std::size_t most = 10'000;

  void add(Duration duration);
  [[nodiscard]] bool empty() const { return durations_.empty(); }
  /// The shortest one that so many per cent, of 1 to 100, do not exceed. Not empty.
  [[nodiscard]] Duration percentile(std::size_t percent) const;

 private:
  std::vector<Duration> durations_;
  std::size_t next_ = 0;  ///< to be replaced, once there are enough
};

/// Of one pool.
struct PoolStats {
  std::string server_type;  ///< "RSPrimary"; empty: not known
  const char* state = "paused";
  std::uint64_t generation = 0;  ///< how often it was cleared
  PoolCounts counts{};
  std::uint64_t checked_out = 0, failed = 0, created = 0, closed = 0;
  RecentDurations check_out, establishment;
};

/// What a table may take up. What does not fit is left out, and lines below the table say what.
struct TableSpace {
  std::size_t columns = std::numeric_limits<std::size_t>::max();
  std::size_t lines = std::numeric_limits<std::size_t>::max();
};

/// Fed with every event; one owner.
class AllPoolStats {
 public:
  void add(const Event& event);
  void set_server_type(const std::string& address, std::string type);
  void forget(const std::string& address);

  /// A head and a line for each server, by address. Rates are per second, of what happened since
  /// the last call of `begin_interval`, which was `interval` ago; positive.
  [[nodiscard]] std::string table(Duration interval, const TableSpace& space = {}) const;
  void begin_interval();
  /// From now on rates are of all that ever happened.
  void widen_interval() { at_begin_.clear(); }

  [[nodiscard]] const std::map<std::string, PoolStats>& pools() const { return pools_; }

 private:
  struct Totals {
    std::uint64_t checked_out = 0, created = 0;
  };

  std::map<std::string, PoolStats> pools_;
  std::map<std::string, Totals> at_begin_;
};

}  // namespace cmap::tools
