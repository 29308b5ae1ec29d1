// One connection of a monitor: what is said on it. Internal to the monitor.
#pragma once

#include "pool/api/ids.hpp"
#include "pool/client/monitor_effects.hpp"

namespace cmap {

/// Appends what it wants done. `last` counts the connections of the monitor.
class HelloSocket {
 public:
  HelloSocket(const MonitorOptions& options, MonitorConnectionId& last, MonitorOutbox& outbox)
      : options_(options), last_(last), outbox_(outbox) {}

  /// Opened, or about to be.
  [[nodiscard]] bool is_open() const { return id_ != MonitorConnectionId::none; }
  [[nodiscard]] bool is(MonitorConnectionId id) const { return is_open() && id == id_; }
  /// Of the connection, or of the one that `open` will make.
  [[nodiscard]] MonitorConnectionId id_or_next() const { return is_open() ? id_ : next(last_); }
  /// The server's number of the connection, once it was said.
  [[nodiscard]] std::optional<std::int64_t> server_id() const { return server_id_; }
  /// The handshake, which is the first hello, was not answered yet.
  [[nodiscard]] bool is_fresh() const { return !greeted_; }
  /// When the question was sent that was not answered yet; nothing: there is none.
  [[nodiscard]] std::optional<TimePoint> asked() const { return asked_; }

  void open();
  /// Does nothing where nothing is open.
  void close();

  void say_hello(TimePoint now);
  void ask(TimePoint now);
  /// For answers that come when the server has news, one after the other.
  void ask_for_news(const wire::HelloReply& known, TimePoint now);
  /// The stream goes on by itself.
  void expect_more(TimePoint now) { asked_ = now; }
  /// The answer to what was asked, a good one.
  void answered(const wire::HelloReply& reply);

 private:
  void send(wire::Document command, bool exhaust_allowed, TimePoint now);

  const MonitorOptions& options_;
  MonitorConnectionId& last_;
  MonitorOutbox& outbox_;
  MonitorConnectionId id_ = MonitorConnectionId::none;
  std::optional<std::int64_t> server_id_;
  bool greeted_ = false;
  bool hello_ok_ = false;
  std::optional<TimePoint> asked_;
};

}  // namespace cmap
