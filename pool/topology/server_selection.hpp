// Which servers an operation may be sent to, and which of them it is sent to (D-SEL-1, D-SEL-2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pool/api/read_preference.hpp"
#include "pool/topology/topology_description.hpp"

namespace cmap {

enum class OperationKind : std::uint8_t { read, write };

struct Selection {
  OperationKind kind = OperationKind::read;
  /// Of reads from a replica set; of no meaning otherwise.
  ReadPreference read_preference{};
  /// Servers that this operation failed on: taken only if there is no other.
  std::vector<Address> deprioritized{};
};

/// Why nothing will do, whatever becomes known about servers: the deployment does not fit this
/// client, or the read preference contradicts itself or this deployment. Nothing: it may.
std::optional<std::string> selection_error(const TopologyDescription& topology,
                                           const Selection& selection,
                                           Duration heartbeat_frequency);

/// In the order of the topology; none: to be waited for. Only without a selection_error.
std::vector<ServerPtr> suitable_servers(const TopologyDescription& topology,
                                        const Selection& selection, Duration heartbeat_frequency);

/// Those whose average round trip takes at most `local_threshold` longer than the shortest. One
/// that was not measured counts as taking no time.
std::vector<ServerPtr> in_latency_window(std::vector<ServerPtr> suitable, Duration local_threshold);

/// How many operations of a client are under way on each server. Not thread-safe.
class OperationCounts {
 public:
  /// When it was selected, and once when the operation ended, whatever its outcome. Asserted.
  void begin(const Address& address);
  void end(const Address& address);
  [[nodiscard]] std::int64_t of(const Address& address) const;

 private:
  std::vector<std::pair<Address, std::int64_t>> counts_;  ///< of servers with operations
};

/// A number below its argument, which is not 0.
using ChooseBelow = std::function<std::size_t(std::size_t)>;

/// Two by chance, and of these the one with fewer operations, the first if they have as many. Asks
/// for chance twice if there are several, never if there is one. `servers` is not empty.
ServerPtr choose_server(const std::vector<ServerPtr>& servers, const OperationCounts& counts,
                        const ChooseBelow& choose);

}  // namespace cmap
