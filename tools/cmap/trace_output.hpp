// `--trace`: all runs in the Chrome trace format, to be opened in Perfetto or chrome://tracing.
#pragma once

#include <cstdint>

#include "tools/cmap/json_text.hpp"
#include "tools/cmap/output.hpp"
#include "tools/cmap/result_sink.hpp"
#include "tools/cmap/timeline.hpp"

namespace cmap::tools {

/// A process for each scenario, a thread for each lane, counters of the connections by state and of
/// the WaitQueue. Times are microseconds of virtual time. The file is valid after `finish`.
class TraceOutput final : public ResultSink {
 public:
  explicit TraceOutput(Output& output);
  void add(const Played& played) override;
  void finish() override;

 private:
  void add_lane(const Lane& lane);
  void add_counters(const sim::Trace& trace);
  void name(std::string_view what, std::uint64_t thread, std::string_view text);
  /// An entry of this process, up to the keys that its kind adds.
  [[nodiscard]] JsonObject entry(std::string_view kind, std::string_view text) const;
  void write(const JsonObject& json);

  Output& output_;
  std::uint64_t process_ = 0;
  std::uint64_t thread_ = 0;
  bool first_ = true;
};

}  // namespace cmap::tools
