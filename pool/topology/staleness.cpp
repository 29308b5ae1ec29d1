// In milliseconds, the unit of the servers' dates.
#include "pool/topology/staleness.hpp"

#include <algorithm>

namespace cmap {
namespace {

using std::chrono::milliseconds;

constexpr Duration smallest_max_staleness = std::chrono::seconds(90);
/// An idle primary writes this often.
constexpr Duration idle_write_period = std::chrono::seconds(10);

/// Servers may say anything: no more than dates that can be subtracted, 30,000 years from 1970.
milliseconds last_write(const ServerDescription& server) {
  constexpr milliseconds limit(1'000'000'000'000'000);
  return std::clamp(*server.last_write_date, -limit, limit);
}

milliseconds last_update(const ServerDescription& server) {
  return std::chrono::floor<milliseconds>(server.last_update_time.time_since_epoch());
}

/// In nanoseconds, or as many as there are.
Duration in_duration(milliseconds time) {
  constexpr auto limit = std::chrono::duration_cast<milliseconds>(Duration::max());
  return std::clamp(time, -limit, limit);
}

}  // namespace

Duration staleness(const TopologyDescription& topology, const ServerDescription& server,
                   Duration heartbeat_frequency) {
  if (server.type != ServerType::rs_secondary || !server.last_write_date) return Duration::zero();
  const ServerDescription* freshest = &server;
  for (const ServerPtr& other : topology.servers) {
    if (!other->last_write_date) continue;
    if (other->type == ServerType::rs_primary) {
      const milliseconds theirs = last_update(*other) - last_write(*other);
      const milliseconds lag = last_update(server) - last_write(server) - theirs;
      return saturating_sum(in_duration(lag), heartbeat_frequency);
    }
    const bool is_fresher = last_write(*other) > last_write(*freshest);
    if (other->type == ServerType::rs_secondary && is_fresher) freshest = other.get();
  }
  return saturating_sum(in_duration(last_write(*freshest) - last_write(server)),
                        heartbeat_frequency);
}

std::optional<std::string> max_staleness_error(Duration max_staleness,
                                               Duration heartbeat_frequency) {
  const Duration least =
      std::max(smallest_max_staleness, saturating_sum(heartbeat_frequency, idle_write_period));
  if (max_staleness >= least) return std::nullopt;
  const auto seconds = [](Duration time) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
  };
  return "maxStalenessSeconds is " + seconds(max_staleness) + ", but must be at least " +
         seconds(least) + " in this replica set: 90, and heartbeatFrequencyMS plus 10 seconds";
}

}  // namespace cmap
