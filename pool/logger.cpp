// Reads the settings and writes the lines. All messages of a pool have level debug, so a pool that
// does not log debug has no listener, and nothing is composed in vain.
#include "pool/logger.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>

namespace cmap {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::optional<LogLevel> read_level(const VariableLookup& lookup, std::string_view name,
                                   LogSettings& settings) {
  const std::optional<std::string> value = lookup(name);
  if (!value) return std::nullopt;
  const auto level = level_from_name(*value);
  if (!level) {
    settings.warnings.push_back(std::string(name) + "=" + *value +
                                " is ignored: expected off, emergency, alert, critical, error, "
                                "warn, notice, info, debug or trace");
  }
  return level;
}

void read_document_length(const VariableLookup& lookup, LogSettings& settings) {
  constexpr std::string_view name = "MONGODB_LOG_MAX_DOCUMENT_LENGTH";
  const std::optional<std::string> text = lookup(name);
  if (!text) return;
  std::size_t length = 0;
  const char* const end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, length);
  if (read.ec == std::errc() && read.ptr == end) {
    settings.max_document_length = length;
  } else {
    settings.warnings.push_back(std::string(name) + "=" + *text +
                                " is ignored: expected a whole number");
  }
}

void read_destination(const VariableLookup& lookup, LogSettings& settings) {
  const std::optional<std::string> path = lookup("MONGODB_LOG_PATH");
  if (!path || lower(*path) == "stderr") return;
  if (path->empty()) {
    settings.warnings.emplace_back("MONGODB_LOG_PATH is ignored: it is empty");
  } else if (lower(*path) == "stdout") {
    settings.destination = LogSettings::Destination::standard_output;
  } else {
    settings.destination = LogSettings::Destination::file;
    settings.file = *path;
  }
}

std::string line_of(const LogMessage& message) {
  std::string text = text_of(message);
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  return "[" + std::string(level_name(message.level)) + "] " +
         std::string(component_name(message.component)) + ": " + text + "\n";
}

/// Lines of several pools do not mix.
class LineWriter {
 public:
  explicit LineWriter(std::ostream& stream) : stream_(stream) {}
  explicit LineWriter(std::ofstream file) : file_(std::move(file)), stream_(file_) {}

  void write(const LogMessage& message) {
    const std::string line = line_of(message);
    const std::lock_guard lock(mutex_);
    stream_ << line << std::flush;
  }

 private:
  std::ofstream file_;  // not open if the stream is somebody else's
  std::ostream& stream_;
  std::mutex mutex_;
};

template <typename Stream>
LogSink line_sink(Stream&& stream) {
  auto writer = std::make_shared<LineWriter>(std::forward<Stream>(stream));
  return [writer](const LogMessage& message) { writer->write(message); };
}

}  // namespace

LogSettings log_settings_from(const VariableLookup& lookup, LogLevel otherwise) {
  LogSettings settings;
  const auto all = read_level(lookup, "MONGODB_LOG_ALL", settings);
  // The variable of the component wins, also if it says off.
  const auto level = [&](std::string_view name) {
    return read_level(lookup, name, settings).value_or(all.value_or(otherwise));
  };
  settings.connection = level("MONGODB_LOG_CONNECTION");
  settings.topology = level("MONGODB_LOG_TOPOLOGY");
  settings.server_selection = level("MONGODB_LOG_SERVER_SELECTION");
  read_document_length(lookup, settings);
  read_destination(lookup, settings);
  return settings;
}

LogSettings log_settings_from_environment(LogLevel otherwise) {
  const auto lookup = [](std::string_view name) -> std::optional<std::string> {
    const char* const value = std::getenv(std::string(name).c_str());
    if (!value) return std::nullopt;
    return value;
  };
  return log_settings_from(lookup, otherwise);
}

LogSink stream_sink(std::ostream& stream) { return line_sink(stream); }

LogLevel LogSettings::level_of(LogComponent component) const {
  switch (component) {
    case LogComponent::connection:
      return connection;
    case LogComponent::topology:
      return topology;
    case LogComponent::server_selection:
      return server_selection;
  }
  return LogLevel::off;
}

void LogSettings::set_level(LogComponent component, LogLevel level) {
  switch (component) {
    case LogComponent::connection:
      connection = level;
      break;
    case LogComponent::topology:
      topology = level;
      break;
    case LogComponent::server_selection:
      server_selection = level;
      break;
  }
}

LogSink make_log_sink(const LogSettings& settings) {
  // The most severe that each component has.
  if (!is_logged(LogLevel::debug, settings.connection) &&
      !is_logged(LogLevel::debug, settings.topology) &&
      !is_logged(LogLevel::informational, settings.server_selection)) {
    return {};
  }
  switch (settings.destination) {
    case LogSettings::Destination::standard_error:
      break;
    case LogSettings::Destination::standard_output:
      return stream_sink(std::cout);
    case LogSettings::Destination::file: {
      std::ofstream file(settings.file, std::ios::app);
      if (file) return line_sink(std::move(file));
      break;
    }
  }
  return stream_sink(std::cerr);
}

EventListener make_log_listener(PoolOptions options, const LogSettings& settings, LogSink sink) {
  if (!sink || !is_logged(LogLevel::debug, settings.connection)) return {};
  return [options = std::move(options), sink = std::move(sink)](const Event& event) {
    sink(log_message(event, options));
  };
}

}  // namespace cmap
