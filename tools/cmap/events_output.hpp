// `--events`: every event of every run, one JSON object a line; of a client also what was done.
#pragma once

#include <string>
#include <string_view>

#include "sim/client/client_trace.hpp"
#include "sim/trace.hpp"
#include "tools/cmap/output.hpp"
#include "tools/cmap/result_sink.hpp"

namespace cmap::tools {

/// Keys: scenario, type (as cmap-format names it), timeMS, address, those that the event has of
/// connectionId, reason, durationMS, options, interruptInUseConnections, serviceId, and what only
/// our events have: checkOutId, error (its type), counts.
std::string event_json(std::string_view scenario, const sim::TracedEvent& event);
/// The same without a scenario, for events of the real world; `time` is since 1970.
std::string event_json(const Event& event, Duration time);

/// An entry of a client's trace: those of heartbeats and topologies have the keys awaited,
/// durationMS, previous and new (types), error and message as far as they apply; of what is no
/// event the key happening, no type. `test` is the case.
std::string event_json(std::string_view test, const sim::TracedClientEntry& entry);

class EventsOutput final : public ResultSink {
 public:
  explicit EventsOutput(Output& output) : output_(output) {}
  void add(const Played& played) override;
  void add_case(const PlayedCase& played) override;

 private:
  Output& output_;
};

}  // namespace cmap::tools
