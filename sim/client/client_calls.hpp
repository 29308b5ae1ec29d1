// What must hold of the calls of a client: when they end, and where they go (D-SEL-1 to 3,
// D-CSOT-1).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pool/api/events.hpp"
#include "pool/client/client_options.hpp"
#include "pool/topology/server_selection.hpp"
#include "sim/checkers/violation.hpp"

namespace cmap::sim {

/// "call 1" of the first, which is number 0.
std::string call_text(std::size_t call);

/// The selection of a call, alone or within its deadline.
bool found_no_server(const Error& error);

/// Tell it of every call, of every event of the pools, and of every description of the topology
/// that there was between two steps of the world.
class ClientCalls {
 public:
  /// Both must outlive it; `options` as the client got them.
  ClientCalls(const ClientOptions& options, Report& report) : options_(options), report_(report) {}

  /// `deadline` as it is given with the call. Returns the number of the call.
  std::size_t begin(const Selection& selection, std::optional<TimePoint> deadline, TimePoint now);
  /// It has its outcome; a null error: a good one.
  void end(std::size_t call, const ErrorPtr& error, TimePoint now);
  /// Its check-out has brought a connection to `server`.
  void check_destination(std::size_t call, const Address& server);
  void observe(const Event& event);
  void observe(const TopologyPtr& topology);
  /// Nothing more happens at this time.
  void check_waiting();
  void finish();

 private:
  struct Call {
    Selection selection;
    TimePoint begin;
    std::optional<TimePoint> deadline;
    std::size_t first_topology = 0;  ///< that it may have seen
    bool has_ended = false;
  };

  [[nodiscard]] bool was_choice(const TopologyDescription& topology, const Selection& selection,
                                const Address& server) const;

  const ClientOptions& options_;
  Report& report_;
  std::vector<Call> calls_;
  std::vector<TopologyPtr> topologies_;
  TimePoint last_server_left_{};  ///< to a check-out: that may select again since
  std::size_t without_server_ =
      0;  ///< calls that are not known to have one selected, or to be over
};

}  // namespace cmap::sim
