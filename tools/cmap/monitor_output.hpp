// What `cmap monitor` shows: events in one of the formats, or the table; and notes on servers.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <sstream>
#include <string>

#include "pool/client/client.hpp"
#include "pool/logger.hpp"
#include "tools/cmap/console.hpp"
#include "tools/cmap/monitor_command.hpp"
#include "tools/cmap/node_lines.hpp"
#include "tools/cmap/output.hpp"
#include "tools/cmap/pool_stats.hpp"
#include "tools/cmap/server_notes.hpp"

namespace cmap::tools {

/// Thread-safe. All must outlive it.
class MonitorOutput {
 public:
  /// It begins at `now`. `wall_minus_steady`: what makes a time of day of the time of an event.
  MonitorOutput(const MonitorCommand& command, Console& console, TimePoint now,
                Duration wall_minus_steady);

  /// What makes log messages of a client's events, where they are the format.
  ClientListener log_listener();
  void pool_event(const Event& event);
  void topology_event(const TopologyEvent& event);
  /// The same trouble is told once, until a server is found again.
  void ping_failed(const Error& error);
  /// From now on servers go because the client does: no more notes on them.
  void begin_closing();

  /// The table, if it is asked for, on a terminal that can replace it: anew, as far as it has room.
  void refresh(TimePoint now);
  /// The table, if it is asked for: all of it, with the rates of the whole time.
  void show_last_table(TimePoint now);
  /// Whether any connection was ever ready.
  [[nodiscard]] bool has_connected();
  /// Says that none was, and what to do.
  void say_not_connected();
  /// Whether anybody still reads, and the file of the log can still be written.
  [[nodiscard]] bool is_read();
  /// False, with a message, if the file of the log could not be written.
  [[nodiscard]] bool finish_log();

 private:
  [[nodiscard]] bool is_log() const;
  [[nodiscard]] std::string line_of(const Event& event) const;
  void write_line(const std::string& text);
  void open_log();
  void write_log(const LogMessage& message);
  void write_log_text(const std::string& text);
  void say_note(const std::string& note);
  /// Of a server that has worked before.
  [[nodiscard]] std::string why(const Error& error) const;
  void draw(const std::string& table);

  const MonitorCommand& command_;
  Console& console_;
  const Duration wall_minus_steady_;
  LogSettings log_;  ///< constant after the construction
  std::mutex mutex_;

  // Below mutex_, and the console too.
  LogSink log_sink_;                  ///< with format log
  std::ostringstream log_text_;       ///< where the sink writes
  std::unique_ptr<Output> log_file_;  ///< if the log goes to one
  bool has_connected_ = false;
  bool is_closing_ = false;
  ServerNotes notes_;
  std::set<std::string> said_failures_;
  AllPoolStats stats_;
  const TimePoint begin_;
  TimePoint interval_begin_;
  std::size_t drawn_lines_ = 0;  ///< that the next table replaces
};

}  // namespace cmap::tools
