// Logging as the specification's environment variables configure it: which messages, and where to.
#pragma once

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "pool/log_message.hpp"

namespace cmap {

/// Takes a message away. May be called from any thread; calls of one pool, or of one client, do not
/// overlap.
using LogSink = std::function<void(const LogMessage&)>;

struct LogSettings {
  enum class Destination : std::uint8_t { standard_error, standard_output, file };

  // The least severe level that is logged of each component.
  LogLevel connection = LogLevel::off;
  LogLevel topology = LogLevel::off;
  LogLevel server_selection = LogLevel::off;
  [[nodiscard]] LogLevel level_of(LogComponent component) const;
  void set_level(LogComponent component, LogLevel level);

  /// In bytes: what is longer of a document is left out, and "..." says so.
  std::size_t max_document_length = 1000;
  Destination destination = Destination::standard_error;
  std::string file;  ///< only with Destination::file; is appended to
  /// One sentence for each variable that was ignored because of its value. For whoever has a place
  /// to say it; a wrong setting is never an error.
  std::vector<std::string> warnings;
};

/// Gives the value of an environment variable, or nothing.
using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;

/// MONGODB_LOG_CONNECTION, MONGODB_LOG_TOPOLOGY, MONGODB_LOG_SERVER_SELECTION, each else
/// MONGODB_LOG_ALL: "off", "emergency", "alert", "critical", "error", "warn", "notice", "info",
/// "debug" or "trace", in either case; anything else counts as not set.
/// MONGODB_LOG_MAX_DOCUMENT_LENGTH: a whole number of bytes.
/// MONGODB_LOG_PATH: "stdout" or "stderr", in either case, or the path of a file.
///
/// Settings made in code take precedence, by not calling this; to let the environment override
/// them, look there first: `settings_in_code.connection` only if both variables are unset.
/// `otherwise`: the level where neither says one.
LogSettings log_settings_from(const VariableLookup& lookup, LogLevel otherwise = LogLevel::off);

/// The same from the environment of the process.
LogSettings log_settings_from_environment(LogLevel otherwise = LogLevel::off);

/// True if a message of `level` is logged where `threshold` is set.
constexpr bool is_logged(LogLevel level, LogLevel threshold) {
  return level != LogLevel::off && level <= threshold;
}

/// Writes one line per message, "[debug] connection: Connection pool ready for ...", and flushes.
/// Control characters are replaced, so that no error text of a server can fake a line. The stream
/// outlives all copies of the sink; copies may be used by several threads at once.
LogSink stream_sink(std::ostream& stream);

/// Writes lines as `stream_sink` does to where the settings say; to standard error if the file
/// cannot be opened. An empty function if the settings let nothing through.
LogSink make_log_sink(const LogSettings& settings);

/// A listener of a pool that gives the message of each event to `sink`; empty if the settings let
/// none of them through, or the sink is empty: do not subscribe it then. `options` as the user set
/// them (see log_message). For a client: client_log.hpp.
EventListener make_log_listener(PoolOptions options, const LogSettings& settings, LogSink sink);

}  // namespace cmap
