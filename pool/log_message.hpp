// Log messages, structured and as text, and those of a pool (A.11), made from its events. Those of
// a client's topology and of its server selection: pool/client/client_log.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pool/api/events.hpp"
#include "pool/api/options.hpp"

namespace cmap {

/// Severities from the most severe to the least, after "nothing at all". A threshold lets pass what
/// is not greater than itself.
enum class LogLevel : std::uint8_t {
  off,
  emergency,
  alert,
  critical,
  error,
  warning,
  notice,
  informational,
  debug,
  trace,
};

/// As the environment variables name it: "off", "warn", "info", "debug", ...
std::string_view level_name(LogLevel level);
/// In either case; nothing for another name.
std::optional<LogLevel> level_from_name(std::string_view name);

/// Which part of the specifications a message belongs to. Each has a level of its own.
enum class LogComponent : std::uint8_t { connection, topology, server_selection };

/// As messages show it: "connection", "topology", "serverSelection".
std::string_view component_name(LogComponent component);

using LogValue = std::variant<bool, std::int64_t, double, std::string>;

/// "true" or "false", a number without unneeded digits, or the string itself.
std::string text_of(const LogValue& value);

struct LogField {
  std::string_view key;  ///< as specified, e.g. "driverConnectionId"; a literal
  LogValue value;
  bool operator==(const LogField&) const = default;
};

/// The structured form. Keys without a value are left out (LOG "Omitting Null Values").
struct LogMessage {
  LogLevel level = LogLevel::debug;
  LogComponent component = LogComponent::connection;
  std::string_view message;      ///< "Connection pool created"; a literal
  TimePoint time;                ///< of what it tells
  std::vector<LogField> fields;  ///< in the order of the table

  /// Null if there is no such key.
  [[nodiscard]] const LogValue* find(std::string_view key) const;
};

/// `options` as the user set them: "Connection pool created" shows those that were set, also if
/// they repeat a default.
///
/// Durations of what happened are doubles in milliseconds; options are integers unless they have a
/// fraction of a millisecond.
LogMessage log_message(const Event& event, const PoolOptions& options);

/// The unstructured form. Segments whose values are absent are left out; a Unix socket shows its
/// path for host and port, an IPv6 host its brackets.
std::string text_of(const LogMessage& message);

/// All that an error tells, in one line: type, message, code, labels, and the cause if the message
/// does not quote it.
std::string text_of(const Error& error);

}  // namespace cmap
