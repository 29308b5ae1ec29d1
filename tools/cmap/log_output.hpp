// `--log`: the log messages (A.11) of every run, as text or as one JSON object a line.
#pragma once

#include <string>
#include <string_view>

#include "pool/log_message.hpp"
#include "sim/trace.hpp"
#include "tools/cmap/console.hpp"
#include "tools/cmap/replay_options.hpp"
#include "tools/cmap/result_sink.hpp"

namespace cmap::tools {

/// "pool-close @500 Connection pool closed for localhost:27017"
std::string log_text(std::string_view scenario, sim::VirtualTime time, const LogMessage& message);

/// Keys: scenario, timeMS, level, component, message, and the fields of the message.
std::string log_json(std::string_view scenario, sim::VirtualTime time, const LogMessage& message);

/// The same without a scenario, for messages of the real world; `time` is since 1970.
std::string log_json(Duration time, const LogMessage& message);

/// Goes to standard output, or to standard error if the former is for results or events.
class LogOutput final : public ResultSink {
 public:
  LogOutput(Console& console, const ReplayOptions& options)
      : console_(console), options_(options) {}
  void add(const Played& played) override;

 private:
  Console& console_;
  const ReplayOptions& options_;
};

}  // namespace cmap::tools
