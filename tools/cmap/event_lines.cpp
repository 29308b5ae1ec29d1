// One line is one JSON object; the names are those of the specification, old and new.
#include "tools/cmap/event_lines.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <utility>

#include "pool/log_message.hpp"
#include "spec-tests/object_reader.hpp"

namespace cmap::tools {
namespace {

using spec_tests::Mark;
using spec_tests::ObjectReader;
using spec_tests::Problem;
using spec_tests::Problems;
using spec_tests::Value;

constexpr std::array closed_reasons = {ConnectionClosedReason::stale, ConnectionClosedReason::idle,
                                       ConnectionClosedReason::error,
                                       ConnectionClosedReason::pool_closed};
constexpr std::array failed_reasons = {CheckOutFailedReason::pool_closed,
                                       CheckOutFailedReason::timeout,
                                       CheckOutFailedReason::connection_error};

template <std::size_t... Types>
std::array<EventBody, sizeof...(Types)> each_body(std::index_sequence<Types...>) {
  return {EventBody(std::in_place_index<Types>)...};
}

/// What a log message says of an event: its message, or its reason.
LogMessage message_of(EventBody body) { return log_message(Event{.body = std::move(body)}, {}); }

std::string reason_sentence(EventBody body) {
  const LogMessage message = message_of(std::move(body));
  return text_of(*message.find("reason"));
}
std::string reason_sentence(ConnectionClosedReason reason) {
  return reason_sentence(EventBody(ConnectionClosedEvent{.reason = reason}));
}
std::string reason_sentence(CheckOutFailedReason reason) {
  return reason_sentence(EventBody(ConnectionCheckOutFailedEvent{.reason = reason}));
}

/// The type by the message of a log.
std::optional<EventType> type_of_message(std::string_view message) {
  static const auto bodies = each_body(std::make_index_sequence<event_type_count>());
  for (const EventBody& body : bodies) {
    if (message_of(body).message == message) return static_cast<EventType>(body.index());
  }
  return std::nullopt;
}

/// "ConnectionPoolReady", "PoolReadyEvent", "poolReadyEvent": all the same.
std::optional<EventType> type_of_name(std::string name) {
  constexpr std::string_view ending = "Event";
  if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  if (name.starts_with("pool")) name[0] = 'P';
  if (name.starts_with("connection")) name[0] = 'C';
  if (name.starts_with("Pool")) name.insert(0, "Connection");
  return event_type_from_name(name);
}

std::vector<std::string_view> type_names() {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < event_type_count; ++i) {
    names.push_back(event_name(static_cast<EventType>(i)));
  }
  return names;
}

/// As drivers write "not there".
const Value* unless_null(const Value* value) {
  return value != nullptr && value->is_null() ? nullptr : value;
}

/// The key of an event, or else the key of a log message.
const Value* either(ObjectReader& keys, std::string_view key, std::string_view other) {
  const Value* value = unless_null(keys.find(key));
  return value != nullptr ? value : unless_null(keys.find(other));
}

constexpr std::int64_t most_milliseconds = 4'000'000'000'000;  // 126 years; twice that fits, too

/// A duration may be wrong, negative that is; a time may be of any epoch.
std::optional<Duration> read_time(const Value* value, std::string_view what, Problems& problems) {
  constexpr double nanoseconds = 1e6;
  if (value == nullptr) return std::nullopt;
  const double* real = value->real();
  const std::int64_t* integer = value->integer();
  if (real != nullptr || integer != nullptr) {
    const double milliseconds = real != nullptr ? *real : static_cast<double>(*integer);
    if (std::abs(milliseconds) <= most_milliseconds)
      return Duration(std::llround(milliseconds * nanoseconds));
  }
  problems.add(value->mark, std::string(what) + " must be a number of milliseconds, but is " +
                                spec_tests::to_text(*value));
  return std::nullopt;
}

/// The decimal number that a text begins with, in milliseconds, exactly: a double has no
/// nanoseconds of a time of day. Nothing: it is written in another way.
std::optional<Duration> exact_milliseconds(std::string_view text) {
  constexpr std::int64_t nanoseconds = 1'000'000;
  std::int64_t whole = 0;
  const char* const end = text.data() + text.size();
  const auto [point, error] = std::from_chars(text.data(), end, whole);
  if (error != std::errc() || point == end || *point != '.') return std::nullopt;
  if (std::abs(whole) > most_milliseconds) return std::nullopt;
  std::int64_t fraction = 0;
  std::int64_t unit = nanoseconds;
  const char* digit = point + 1;
  for (; digit != end && *digit >= '0' && *digit <= '9'; ++digit) {
    if ((unit /= 10) == 0) return std::nullopt;
    fraction += unit * (*digit - '0');
  }
  if (digit != end && (*digit == 'e' || *digit == 'E')) return std::nullopt;
  const bool is_negative = text.starts_with('-');
  return Duration(whole * nanoseconds + (is_negative ? -fraction : fraction));
}

/// A number that may be wrong: 0, negative.
std::optional<std::int64_t> read_id(const Value* value, std::string_view what, Problems& problems) {
  if (value == nullptr) return std::nullopt;
  if (value->integer() != nullptr) return *value->integer();
  problems.add(value->mark,
               std::string(what) + " must be an integer, but is " + spec_tests::to_text(*value));
  return std::nullopt;
}

std::optional<ErrorType> error_type_of(std::string_view name) {
  for (auto type = ErrorType::pool_closed; type <= ErrorType::usage;
       type = static_cast<ErrorType>(static_cast<int>(type) + 1)) {
    if (type_name(type) == name) return type;
  }
  return std::nullopt;
}

/// Reads the keys of one line.
class LineReader {
 public:
  /// `text`: the line that `value` was read from.
  LineReader(const Value& value, std::string_view text, Problems& problems)
      : keys_(value, "an event", problems), text_(text), problems_(problems) {}

  /// Nothing: the line is of no pool, or a problem.
  std::optional<LoggedEvent> read() {
    if (!keys_.is_object() || is_of_no_pool()) return std::nullopt;
    const auto type = read_type();
    if (!type) return std::nullopt;
    read_common();
    event_.event.body = read_body(*type);
    if (!problems_.empty()) return std::nullopt;
    return std::move(event_);
  }

 private:
  /// An event of a monitor, a topology or a command, a message of another component, or a note on
  /// what was done to a client.
  bool is_of_no_pool() {
    const Value* const type = keys_.find("type");
    if (!type) return is_other("component", "connection") || keys_.has("happening");
    constexpr std::array of_others{"Server",   "server",  "Topology",
                                   "topology", "Command", "command"};
    return type->text() && std::ranges::any_of(of_others, [&](const char* beginning) {
             return type->text()->starts_with(beginning);
           });
  }

  bool is_other(std::string_view key, std::string_view text) {
    const Value* const value = keys_.find(key);
    return value && value->text() && *value->text() != text;
  }

  std::optional<EventType> read_type() {
    const Value* type = keys_.find("type");
    if (type == nullptr && keys_.has("message")) return read_message(*keys_.find("message"));
    const auto name = spec_tests::read_string(keys_.need("type"), "type", problems_);
    if (!name) return std::nullopt;
    const auto found = type_of_name(*name);
    if (!found) {
      const auto names = type_names();
      problems_.add(type->mark, "unknown event " + spec_tests::in_quotes(*name) +
                                    spec_tests::did_you_mean(*name, names) + "; expected " +
                                    spec_tests::one_of(names));
    }
    return found;
  }

  std::optional<EventType> read_message(const Value& value) {
    const auto message = spec_tests::read_string(&value, "message", problems_);
    if (!message) return std::nullopt;
    is_message_ = true;
    const auto found = type_of_message(*message);
    if (!found) {
      problems_.add(value.mark, "unknown message " + spec_tests::in_quotes(*message) +
                                    "; expected one of the component connection, such as "
                                    "\"Connection pool created\"");
    }
    return found;
  }

  void read_common() {
    event_.address = read_address();
    event_.pool = event_.address + '\n' + text_at("scenario") + '\n' + text_at("case") + '\n' +
                  text_at("client") + '\n' + text_at("pool");
    const Value* const value = unless_null(keys_.find("timeMS"));
    auto time = read_time(value, "timeMS", problems_);
    if (time && value->mark.column <= text_.size()) {
      const auto exact = exact_milliseconds(text_.substr(value->mark.column - 1));
      if (exact && about_equal(*exact, *time)) time = exact;
    }
    event_.told.time = time.has_value();
    event_.event.time = TimePoint{} + time.value_or(Duration{});
    if (const Value* counts = unless_null(keys_.find("counts"))) read_counts(*counts);
  }

  std::string read_address() {
    if (keys_.has("address")) return text_at("address");
    std::string address = text_at("serverHost");
    const std::string port = text_at("serverPort");
    if (!port.empty()) address += ':' + port;
    return address;
  }

  /// A text as it is, everything else as JSON; empty if it is not there.
  std::string text_at(std::string_view key) {
    const Value* value = unless_null(keys_.find(key));
    if (value == nullptr) return {};
    return value->text() != nullptr ? *value->text() : spec_tests::to_text(*value);
  }

  void read_counts(const Value& value) {
    ObjectReader counts(value, "counts", problems_);
    const auto count = [&](std::string_view key) {
      const auto read = spec_tests::read_integer(counts.need(key), key, problems_);
      return static_cast<std::uint32_t>(read.value_or(0));
    };
    event_.event.counts = {count("pending"), count("available"), count("inUse"), count("waiting")};
    event_.told.counts = true;
  }

  EventBody read_body(EventType type) {
    switch (type) {
      case EventType::pool_created:
        return ConnectionPoolCreatedEvent{read_options()};
      case EventType::pool_ready:
        return ConnectionPoolReadyEvent{};
      case EventType::pool_cleared:
        return read_cleared();
      case EventType::pool_closed:
        return ConnectionPoolClosedEvent{};
      case EventType::connection_created:
        return ConnectionCreatedEvent{read_connection()};
      case EventType::connection_ready:
        return ConnectionReadyEvent{read_connection(), read_duration()};
      case EventType::connection_closed:
        return ConnectionClosedEvent{read_connection(), read_reason(closed_reasons), nullptr};
      case EventType::check_out_started:
        return ConnectionCheckOutStartedEvent{read_check_out()};
      case EventType::check_out_failed:
        return ConnectionCheckOutFailedEvent{read_reason(failed_reasons), read_duration(),
                                             read_check_out(), read_error()};
      case EventType::checked_out:
        return ConnectionCheckedOutEvent{read_connection(), read_duration(), read_check_out()};
      case EventType::checked_in:
        break;
    }
    return ConnectionCheckedInEvent{read_connection()};
  }

  ConnectionId read_connection() {
    const Value* value = either(keys_, "connectionId", "driverConnectionId");
    if (value == nullptr) value = keys_.need("connectionId");
    return ConnectionId{read_id(value, "connectionId", problems_).value_or(0)};
  }

  Duration read_duration() {
    const auto duration = read_time(either(keys_, "durationMS", "duration"), "duration", problems_);
    event_.told.duration = duration.has_value();
    return duration.value_or(Duration{});
  }

  CheckOutId read_check_out() {
    const auto id = read_id(unless_null(keys_.find("checkOutId")), "checkOutId", problems_);
    event_.told.check_out = id.has_value();
    return CheckOutId{id.value_or(0)};
  }

  /// Only the type; that of another driver may be any text, and is not told then.
  ErrorPtr read_error() {
    const auto type = error_type_of(text_at("error"));
    event_.told.error = type.has_value();
    if (!type) return nullptr;
    return std::make_shared<const Error>(Error{.type = *type});
  }

  template <typename Reasons>
  typename Reasons::value_type read_reason(const Reasons& reasons) {
    const Value* value = unless_null(keys_.find("reason"));
    const auto text =
        spec_tests::read_string(value ? value : keys_.need("reason"), "reason", problems_);
    if (!text) return reasons[0];
    std::vector<std::string_view> names;
    for (const auto reason : reasons) {
      if (reason_name(reason) == *text || reason_sentence(reason) == *text) return reason;
      names.push_back(reason_name(reason));
    }
    problems_.add(value->mark, "unknown reason " + spec_tests::in_quotes(*text) +
                                   spec_tests::did_you_mean(*text, names) + "; expected " +
                                   spec_tests::one_of(names));
    return reasons[0];
  }

  ConnectionPoolClearedEvent read_cleared() {
    ConnectionPoolClearedEvent cleared;
    const Value* flag = unless_null(keys_.find("interruptInUseConnections"));
    cleared.interrupt_in_use_connections =
        spec_tests::read_boolean(flag, "interruptInUseConnections", problems_);
    // Which service it is does not matter.
    if (unless_null(keys_.find("serviceId")) != nullptr) {
      cleared.service_id = ServiceId::from_hex(text_at("serviceId")).value_or(ServiceId());
    }
    return cleared;
  }

  /// Of a log message they are keys of the message itself.
  std::shared_ptr<const PoolOptions> read_options() {
    if (is_message_) return options_of(keys_);
    const Value* value = unless_null(keys_.find("options"));
    if (value == nullptr) return nullptr;
    ObjectReader options(*value, "options", problems_);
    return options_of(options);
  }

  std::shared_ptr<const PoolOptions> options_of(ObjectReader& keys) {
    event_.told.options = true;
    const auto number = [&](std::string_view key) {
      return spec_tests::read_integer(unless_null(keys.find(key)), key, problems_);
    };
    const auto time = [&](std::string_view key) {
      return spec_tests::read_milliseconds(unless_null(keys.find(key)), key, problems_,
                                           spec_tests::Fraction::allowed);
    };
    return std::make_shared<const PoolOptions>(
        PoolOptions{.max_pool_size = number("maxPoolSize"),
                    .min_pool_size = number("minPoolSize"),
                    .max_idle_time = time("maxIdleTimeMS"),
                    .max_connecting = number("maxConnecting"),
                    .wait_queue_timeout = time("waitQueueTimeoutMS")});
  }

  /// The place is the right one: columns are of characters, and the text has bytes.
  static bool about_equal(Duration a, Duration b) { return std::abs((a - b).count()) < 1'000; }

  ObjectReader keys_;
  const std::string_view text_;
  Problems& problems_;
  LoggedEvent event_;
  bool is_message_ = false;
};

/// Problems of a line know their column alone.
void add_at(std::uint32_t line, std::vector<Problem> found, Problems& problems) {
  for (Problem& problem : found) {
    problems.add({line, problem.mark.column}, std::move(problem.message));
  }
}

void read_line(std::string_view text, std::uint32_t line, const std::string& name, EventLog& log,
               Problems& problems) {
  auto document = spec_tests::read_text(text, spec_tests::Syntax::json, name);
  if (!document.value) return add_at(line, std::move(document.problems), problems);
  Problems found(name);
  auto event = LineReader(*document.value, text, found).read();
  if (event) {
    event->line = line;
    log.events.push_back(std::move(*event));
  }
  if (!found.empty()) add_at(line, found.take(), problems);
}

}  // namespace

EventLog read_event_log(std::string_view text, const std::string& name) {
  EventLog log;
  Problems problems(name);
  std::uint32_t line = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line;
    if (content.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    read_line(content, line, name, log, problems);
  }
  log.problems = problems.take();
  return log;
}

}  // namespace cmap::tools
