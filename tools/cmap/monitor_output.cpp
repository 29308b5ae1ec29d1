// Everything goes through one lock: events, notes and the table come from different threads.
#include "tools/cmap/monitor_output.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "pool/client/client_log.hpp"
#include "spec-tests/problem.hpp"
#include "tools/cmap/events_output.hpp"
#include "tools/cmap/log_output.hpp"

namespace cmap::tools {
namespace {

constexpr const char* path_variable = "MONGODB_LOG_PATH";

/// JSON goes to standard output: the variable for where text goes is none of its own.
LogSettings json_log_settings() {
  const auto lookup = [](std::string_view name) -> std::optional<std::string> {
    const char* const value = std::getenv(std::string(name).c_str());
    if (value == nullptr || name == path_variable) return std::nullopt;
    return value;
  };
  return log_settings_from(lookup, LogLevel::debug);
}

/// Whoever asks for the log wants to see it: without variables all of it, on standard output.
LogSettings text_log_settings() {
  LogSettings settings = log_settings_from_environment(LogLevel::debug);
  const char* const path = std::getenv(path_variable);
  if (path == nullptr || *path == '\0') {
    settings.destination = LogSettings::Destination::standard_output;
  }
  return settings;
}

/// Of formats that are no log nothing is looked at.
LogSettings log_settings(EventFormat format) {
  switch (format) {
    case EventFormat::log:
      return text_log_settings();
    case EventFormat::log_json:
      return json_log_settings();
    case EventFormat::node:
    case EventFormat::json:
      break;
  }
  return {};
}

std::optional<wire::AuthenticationMechanism> mechanism_of(const MonitorCommand& command) {
  const auto& credential = command.connection.options.credential;
  return credential ? credential->mechanism : std::nullopt;
}

/// Where no server was found, the address is not that of one that was asked.
bool was_asked(const Error& error) {
  if (error.type == ErrorType::server_selection) return false;
  return !error.cause || was_asked(*error.cause);
}

}  // namespace

MonitorOutput::MonitorOutput(const MonitorCommand& command, Console& console, TimePoint now,
                             Duration wall_minus_steady)
    : command_(command),
      console_(console),
      wall_minus_steady_(wall_minus_steady),
      log_(log_settings(command.format)),
      notes_(mechanism_of(command)),
      begin_(now),
      interval_begin_(now) {
  if (!is_log()) return;
  if (command.format == EventFormat::log) open_log();
  for (const std::string& warning : log_.warnings) {
    console_.warn("warning: " + spec_tests::printable(warning) + '\n');
  }
}

void MonitorOutput::open_log() {
  log_sink_ = stream_sink(log_text_);
  if (log_.destination != LogSettings::Destination::file) return;
  log_file_ = Output::append_to_file(log_.file);
  if (log_file_->error().empty()) return;
  log_file_.reset();
  log_.warnings.push_back(std::string(path_variable) + "=" + log_.file +
                          " cannot be opened: the log goes to standard error");
  log_.destination = LogSettings::Destination::standard_error;
}

bool MonitorOutput::is_log() const {
  return command_.format == EventFormat::log || command_.format == EventFormat::log_json;
}

ClientListener MonitorOutput::log_listener() {
  if (!is_log()) return {};
  return make_log_listener(command_.connection.options, log_,
                           [this](const LogMessage& message) { write_log(message); });
}

std::string MonitorOutput::line_of(const Event& event) const {
  const Duration time = event.time.time_since_epoch() + wall_minus_steady_;
  switch (command_.format) {
    case EventFormat::node:
      return node_line(event, WallTime(std::chrono::duration_cast<WallTime::duration>(time)));
    case EventFormat::json:
      return event_json(event, time);
    case EventFormat::log:
    case EventFormat::log_json:
      break;
  }
  return "";
}

void MonitorOutput::pool_event(const Event& event) {
  const std::lock_guard lock(mutex_);
  has_connected_ = has_connected_ || event.type() == EventType::connection_ready;
  if (command_.stats) return stats_.add(event);
  if (!is_log()) write_line(line_of(event) + '\n');
}

void MonitorOutput::write_line(const std::string& text) {
  console_.out().write(text);
  console_.out().flush();
}

void MonitorOutput::write_log(const LogMessage& message) {
  const std::lock_guard lock(mutex_);
  if (command_.format == EventFormat::log_json) {
    const Duration time = message.time.time_since_epoch() + wall_minus_steady_;
    return write_line(log_json(time, message) + '\n');
  }
  log_sink_(message);
  write_log_text(std::exchange(log_text_, std::ostringstream()).str());
}

/// Through outputs that know when nobody reads any more, or nothing can be written.
void MonitorOutput::write_log_text(const std::string& text) {
  switch (log_.destination) {
    case LogSettings::Destination::standard_output:
      return write_line(text);
    case LogSettings::Destination::standard_error:
      return console_.warn(text);
    case LogSettings::Destination::file:
      log_file_->write(text);
      log_file_->flush();
  }
}

void MonitorOutput::topology_event(const TopologyEvent& event) {
  const std::lock_guard lock(mutex_);
  if (is_closing_) return;
  if (const auto* changed = std::get_if<ServerDescriptionChangedEvent>(&event.body)) {
    const ServerDescription& server = *changed->new_description;
    // The note below says it.
    if (server.error) said_failures_.insert(why(*server.error));
    if (server.type != ServerType::unknown) said_failures_.clear();
    stats_.set_server_type(changed->address.text(), std::string(server_type_name(server.type)));
  }
  if (const auto* closed = std::get_if<ServerClosedEvent>(&event.body)) {
    stats_.forget(closed->address.text());
  }
  if (const auto note = notes_.note(event)) say_note(*note);
}

void MonitorOutput::ping_failed(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (!said_failures_.insert(why(error)).second) return;
  say_note((was_asked(error) ? "a ping of " + error.address.text() : "a ping") +
           " failed: " + why(error));
}

std::string MonitorOutput::why(const Error& error) const {
  return explained(error, /*server_was_known=*/true, mechanism_of(command_));
}

void MonitorOutput::begin_closing() {
  const std::lock_guard lock(mutex_);
  is_closing_ = true;
}

void MonitorOutput::say_note(const std::string& note) {
  console_.warn(spec_tests::printable(note) + '\n');
  drawn_lines_ = 0;
}

void MonitorOutput::refresh(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (!command_.stats || !console_.can_redraw()) return;
  // The cursor stands below the table, and cannot go up further than to the first line.
  const TableSpace space{.columns = console_.width(), .lines = console_.height() - 1};
  draw(stats_.table(now - interval_begin_, space));
  stats_.begin_interval();
  interval_begin_ = now;
}

void MonitorOutput::draw(const std::string& table) {
  if (drawn_lines_ > 0) {
    console_.out().write("\x1b[" + std::to_string(drawn_lines_) + "A\x1b[J");
  }
  console_.say(table);
  drawn_lines_ = static_cast<std::size_t>(std::ranges::count(table, '\n'));
}

void MonitorOutput::show_last_table(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (!command_.stats) return;
  stats_.widen_interval();
  draw(stats_.table(now - begin_));
}

bool MonitorOutput::has_connected() {
  const std::lock_guard lock(mutex_);
  return has_connected_;
}

void MonitorOutput::say_not_connected() {
  const std::lock_guard lock(mutex_);
  std::string silent;
  for (const std::string& address : notes_.silent_servers()) {
    silent += (silent.empty() ? "" : ", ") + spec_tests::printable(address);
  }
  console_.error("no connection could be established",
                 silent.empty() ? "what is said above is why"
                                : "there was no answer from " + silent +
                                      ": is the network cut, or the server stuck?");
}

bool MonitorOutput::is_read() {
  const std::lock_guard lock(mutex_);
  if (log_file_ && log_file_->has_lost_reader()) return false;
  return !console_.out().has_lost_reader();
}

bool MonitorOutput::finish_log() {
  const std::lock_guard lock(mutex_);
  if (!log_file_) return true;
  log_file_->close();
  if (log_file_->error().empty()) return true;
  console_.error(log_file_->error(),
                 std::string(path_variable) + " must name a file that can be written");
  return false;
}

}  // namespace cmap::tools
