// The table of A.11 as data: per message its name and the segments of its text. A segment is shown
// if the value it names is there.
#include "pool/log_message.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <span>
#include <utility>

namespace cmap {
namespace {

/// `before` + the value of `key` + `after`.
struct Segment {
  std::string_view before;
  std::string_view key;
  std::string_view after{};
};

/// Host and port; stands for itself, and is always there.
constexpr std::string_view address = "address";
constexpr std::string_view host_key = "serverHost";
constexpr std::string_view port_key = "serverPort";
constexpr std::string_view id_key = "driverConnectionId";
constexpr std::string_view duration_key = "durationMS";

/// Stands before whichever option is shown first, instead of its comma.
constexpr std::string_view option_comma = ", ";
constexpr std::string_view first_option = " using options ";
constexpr std::array pool_created = {
    Segment{"Connection pool created for ", address},
    Segment{", maxIdleTimeMS=", "maxIdleTimeMS"},
    Segment{", minPoolSize=", "minPoolSize"},
    Segment{", maxPoolSize=", "maxPoolSize"},
    Segment{", maxConnecting=", "maxConnecting"},
    Segment{", waitQueueTimeoutMS=", "waitQueueTimeoutMS"},
};
constexpr std::array pool_ready = {Segment{"Connection pool ready for ", address}};
// Without a service the whole of " for serviceId ..." goes (F-14).
constexpr std::array pool_cleared = {Segment{"Connection pool for ", address, " cleared"},
                                     Segment{" for serviceId ", "serviceId"}};
constexpr std::array pool_closed = {Segment{"Connection pool closed for ", address}};
constexpr std::array connection_created = {Segment{"Connection created: address=", address},
                                           Segment{", driver-generated ID=", id_key}};
constexpr std::array connection_ready = {Segment{"Connection ready: address=", address},
                                         Segment{", driver-generated ID=", id_key},
                                         Segment{", established in=", duration_key, " ms"}};
constexpr std::array connection_closed = {
    Segment{"Connection closed: address=", address}, Segment{", driver-generated ID=", id_key},
    Segment{". Reason: ", "reason"}, Segment{". Error: ", "error"}};
constexpr std::array check_out_started = {Segment{"Checkout started for connection to ", address}};
constexpr std::array check_out_failed = {
    Segment{"Checkout failed for connection to ", address}, Segment{". Reason: ", "reason"},
    Segment{". Error: ", "error"}, Segment{". Duration: ", duration_key, " ms"}};
constexpr std::array checked_out = {Segment{"Connection checked out: address=", address},
                                    Segment{", driver-generated ID=", id_key},
                                    Segment{", duration=", duration_key, " ms"}};
constexpr std::array checked_in = {Segment{"Connection checked in: address=", address},
                                   Segment{", driver-generated ID=", id_key}};

struct Row {
  std::string_view message;
  std::span<const Segment> segments;
};

/// In the order of EventType.
constexpr std::array<Row, event_type_count> rows = {{
    {"Connection pool created", pool_created},
    {"Connection pool ready", pool_ready},
    {"Connection pool cleared", pool_cleared},
    {"Connection pool closed", pool_closed},
    {"Connection created", connection_created},
    {"Connection ready", connection_ready},
    {"Connection closed", connection_closed},
    {"Connection checkout started", check_out_started},
    {"Connection checkout failed", check_out_failed},
    {"Connection checked out", checked_out},
    {"Connection checked in", checked_in},
}};

std::string_view reason_text(ConnectionClosedReason reason) {
  switch (reason) {
    case ConnectionClosedReason::stale:
      return "Connection became stale because the pool was cleared";
    case ConnectionClosedReason::idle:
      return "Connection has been available but unused for longer than the configured max idle "
             "time";
    case ConnectionClosedReason::error:
      return "An error occurred while using the connection";
    case ConnectionClosedReason::pool_closed:
      return "Connection pool was closed";
  }
  return "?";
}

std::string_view reason_text(CheckOutFailedReason reason) {
  switch (reason) {
    case CheckOutFailedReason::timeout:
      return "Wait queue timeout elapsed without a connection becoming available";
    case CheckOutFailedReason::connection_error:
      return "An error occurred while trying to establish a new connection";
    case CheckOutFailedReason::pool_closed:
      return "Connection pool was closed";
  }
  return "?";
}

double milliseconds_of(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// Adds the fields of one event behind those that all have.
class Fields {
 public:
  Fields(std::vector<LogField>& fields, const PoolOptions& options)
      : fields_(fields), options_(options) {}

  void operator()(const ConnectionPoolCreatedEvent&) {
    add("maxIdleTimeMS", options_.max_idle_time);
    add("minPoolSize", options_.min_pool_size);
    add("maxPoolSize", options_.max_pool_size);
    add("maxConnecting", options_.max_connecting);
    add("waitQueueTimeoutMS", options_.wait_queue_timeout);
  }
  void operator()(const ConnectionPoolReadyEvent&) {}
  void operator()(const ConnectionPoolClearedEvent& event) {
    if (event.service_id) add("serviceId", event.service_id->to_hex());
  }
  void operator()(const ConnectionPoolClosedEvent&) {}
  void operator()(const ConnectionCreatedEvent& event) { add_id(event.connection_id); }
  void operator()(const ConnectionReadyEvent& event) {
    add_id(event.connection_id);
    add_duration(event.duration);
  }
  void operator()(const ConnectionClosedEvent& event) {
    add_id(event.connection_id);
    add("reason", std::string(reason_text(event.reason)));
    if (event.reason == ConnectionClosedReason::error) add_error(event.error);
  }
  void operator()(const ConnectionCheckOutStartedEvent&) {}
  void operator()(const ConnectionCheckOutFailedEvent& event) {
    add("reason", std::string(reason_text(event.reason)));
    if (event.reason == CheckOutFailedReason::connection_error) add_error(event.error);
    add_duration(event.duration);
  }
  void operator()(const ConnectionCheckedOutEvent& event) {
    add_id(event.connection_id);
    add_duration(event.duration);
  }
  void operator()(const ConnectionCheckedInEvent& event) { add_id(event.connection_id); }

 private:
  void add(std::string_view key, LogValue value) { fields_.push_back({key, std::move(value)}); }
  void add(std::string_view key, const std::optional<std::int64_t>& number) {
    if (number) add(key, LogValue(*number));
  }
  void add(std::string_view key, const std::optional<Duration>& duration) {
    if (!duration) return;
    const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(*duration);
    const bool is_whole = whole == *duration;
    add(key,
        is_whole ? LogValue(std::int64_t{whole.count()}) : LogValue(milliseconds_of(*duration)));
  }
  void add_id(ConnectionId id) { add(id_key, LogValue(number(id))); }
  void add_duration(Duration duration) { add(duration_key, LogValue(milliseconds_of(duration))); }
  void add_error(const ErrorPtr& error) {
    if (error) add("error", text_of(*error));
  }

  std::vector<LogField>& fields_;
  const PoolOptions& options_;
};

std::string address_text(const LogMessage& message) {
  const LogValue* const host = message.find(host_key);
  const LogValue* const port = message.find(port_key);
  if (!host) return {};
  const std::string name = text_of(*host);
  if (!port) return name;
  return Address(name, static_cast<std::uint16_t>(std::get<std::int64_t>(*port))).text();
}

std::span<const Segment> segments_of(std::string_view message) {
  for (const Row& row : rows) {
    if (row.message == message) return row.segments;
  }
  return {};
}

std::string label_names(ErrorLabel labels) {
  constexpr std::array<std::pair<ErrorLabel, std::string_view>, 3> names = {{
      {ErrorLabel::system_overloaded, "SystemOverloadedError"},
      {ErrorLabel::retryable, "RetryableError"},
      {ErrorLabel::transient_transaction, "TransientTransactionError"},
  }};
  std::string text;
  for (const auto& [label, name] : names) {
    if (!has_label(labels, label)) continue;
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

}  // namespace

std::string_view level_name(LogLevel level) {
  constexpr std::array<std::string_view, 10> names = {
      "off", "emergency", "alert", "critical", "error", "warn", "notice", "info", "debug", "trace",
  };
  return names.at(static_cast<std::size_t>(level));
}

std::string text_of(const LogValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  std::array<char, 512> digits{};  // the longest double in fixed notation takes 328
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 *std::get_if<double>(&value), std::chars_format::fixed);
  return {digits.data(), end.ptr};
}

std::string text_of(const Error& error) {
  std::string text = std::string(type_name(error.type)) + ": " + error.message;
  if (error.code != 0) text += " (code " + std::to_string(error.code) + ")";
  if (error.labels != ErrorLabel::none) text += " [" + label_names(error.labels) + "]";
  if (error.cause && error.message.find(error.cause->message) == std::string::npos) {
    text += "; caused by " + text_of(*error.cause);
  }
  return text;
}

const LogValue* LogMessage::find(std::string_view key) const {
  for (const LogField& field : fields) {
    if (field.key == key) return &field.value;
  }
  return nullptr;
}

LogMessage log_message(const Event& event, const PoolOptions& options) {
  LogMessage message{.message = rows.at(static_cast<std::size_t>(event.type())).message};
  message.fields.push_back({host_key, event.address.host()});
  if (const auto port = event.address.port()) {
    message.fields.push_back({port_key, std::int64_t{*port}});
  }
  std::visit(Fields(message.fields, options), event.body);
  return message;
}

std::string text_of(const LogMessage& message) {
  std::string text;
  bool options_began = message.message != rows.front().message;
  for (const Segment& segment : segments_of(message.message)) {
    if (segment.key == address) {
      text.append(segment.before).append(address_text(message)).append(segment.after);
      continue;
    }
    const LogValue* const value = message.find(segment.key);
    if (!value) continue;
    std::string_view before = segment.before;
    if (!std::exchange(options_began, true)) {
      text += first_option;
      before.remove_prefix(option_comma.size());
    }
    text.append(before).append(text_of(*value)).append(segment.after);
  }
  return text;
}

}  // namespace cmap
