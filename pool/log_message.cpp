// The values of A.11, and what they look like.
#include "pool/log_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "pool/log_table.hpp"

namespace cmap {
namespace {

constexpr std::array<std::string_view, 10> level_names = {
    "off", "emergency", "alert", "critical", "error", "warn", "notice", "info", "debug", "trace",
};

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
        is_whole ? LogValue(std::int64_t{whole.count()}) : LogValue(log_milliseconds(*duration)));
  }
  void add_id(ConnectionId id) { add(log_key::connection_id, LogValue(number(id))); }
  void add_duration(Duration duration) {
    add(log_key::duration, LogValue(log_milliseconds(duration)));
  }
  void add_error(const ErrorPtr& error) {
    if (error) add("error", text_of(*error));
  }

  std::vector<LogField>& fields_;
  const PoolOptions& options_;
};

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
  return level_names.at(static_cast<std::size_t>(level));
}

std::optional<LogLevel> level_from_name(std::string_view name) {
  const auto same = [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); };
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (std::equal(level_names[i].begin(), level_names[i].end(), name.begin(), name.end(), same)) {
      return static_cast<LogLevel>(i);
    }
  }
  return std::nullopt;
}

std::string text_of(const LogValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
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
  LogMessage message = new_log_message(static_cast<LogKind>(event.type()), event.time);
  add_log_address(message, event.address);
  std::visit(Fields(message.fields, options), event.body);
  return message;
}

}  // namespace cmap
