// The entries of the Chrome trace format: M names, X is a slice, i a moment, C a counter.
#include "tools/cmap/trace_output.hpp"

#include <optional>

#include "tools/cmap/results_output.hpp"

namespace cmap::tools {

TraceOutput::TraceOutput(Output& output) : output_(output) {
  output_.write("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
}

void TraceOutput::add(const Played& played) {
  ++process_;
  thread_ = 0;
  std::string process = played.file.scenario.name;
  if (played.result.outcome != spec_tests::Result::Outcome::pass) {
    process.append(" (").append(outcome_name(played.result.outcome)).append(")");
  }
  name("process_name", 0, process);
  if (played.result.trace.events.empty()) return;
  for (const Lane& lane : timeline(played.file.scenario, played.result.trace)) add_lane(lane);
  add_counters(played.result.trace);
}

void TraceOutput::finish() { output_.write("\n]}\n"); }

void TraceOutput::add_lane(const Lane& lane) {
  ++thread_;
  name("thread_name", thread_, lane.name);
  JsonObject order = entry("M", "thread_sort_index");
  write(order.add("tid", thread_).add("args", JsonObject().add("sort_index", thread_)));
  for (const Slice& slice : lane.slices) {
    JsonObject json = entry("X", slice.name);
    json.add("tid", thread_)
        .add_microseconds("ts", slice.begin)
        .add_microseconds("dur", slice.end - slice.begin);
    if (!slice.detail.empty()) json.add("args", JsonObject().add("detail", slice.detail));
    write(json);
  }
  for (const Moment& moment : lane.moments) {
    JsonObject json = entry("i", moment.name);
    write(json.add("tid", thread_).add_microseconds("ts", moment.time).add("s", "t"));
  }
}

void TraceOutput::add_counters(const sim::Trace& trace) {
  std::optional<PoolCounts> last;
  for (const sim::TracedEvent& event : trace.events) {
    const PoolCounts& counts = event.event.counts;
    if (last == counts) continue;
    last = counts;
    JsonObject states;
    states.add("pending", counts.pending)
        .add("available", counts.available)
        .add("in use", counts.in_use);
    JsonObject connections = entry("C", "connections");
    write(connections.add_microseconds("ts", event.time).add("args", states));
    JsonObject queue = entry("C", "wait queue");
    write(queue.add_microseconds("ts", event.time)
              .add("args", JsonObject().add("waiting", counts.waiting)));
  }
}

void TraceOutput::name(std::string_view what, std::uint64_t thread, std::string_view text) {
  JsonObject json = entry("M", what);
  if (thread != 0) json.add("tid", thread);
  write(json.add("args", JsonObject().add("name", text)));
}

JsonObject TraceOutput::entry(std::string_view kind, std::string_view text) const {
  JsonObject json;
  json.add("ph", kind).add("name", text).add("pid", process_);
  return json;
}

void TraceOutput::write(const JsonObject& json) {
  output_.write((first_ ? "\n" : ",\n") + json.text());
  first_ = false;
}

}  // namespace cmap::tools
