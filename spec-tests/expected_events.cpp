// events, ignore and error: what a run must show. Checked when read, so that a misspelt expectation
// is bad input and not a failure of the pool.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "spec-tests/readers.hpp"

namespace cmap::spec_tests {
namespace {

constexpr std::array<std::string_view, 5> option_names{
    "maxPoolSize", "minPoolSize", "maxIdleTimeMS", "maxConnecting", "waitQueueTimeoutMS"};
constexpr std::array<std::string_view, 10> error_types{
    "PoolClosedError", "PoolClearedError", "WaitQueueTimeoutError", "DeadlineExceededError",
    "CancelledError",  "NetworkError",     "CommandError",          "AuthenticationError",
    "ProtocolError",   "UsageError"};
constexpr std::array<std::string_view, 3> label_names{"SystemOverloadedError", "RetryableError",
                                                      "TransientTransactionError"};

const std::vector<std::string_view>& event_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> result;
    for (std::size_t i = 0; i < event_type_count; ++i) {
      result.push_back(event_name(static_cast<EventType>(i)));
    }
    return result;
  }();
  return names;
}

bool has_connection(EventType type) {
  return type == EventType::connection_created || type == EventType::connection_ready ||
         type == EventType::connection_closed || type == EventType::checked_out ||
         type == EventType::checked_in;
}

bool has_duration(EventType type) {
  return type == EventType::connection_ready || type == EventType::checked_out ||
         type == EventType::check_out_failed;
}

/// A fixed value, unless it is the placeholder.
const Value* unless_placeholder(const Value* value) {
  return value == nullptr || is_placeholder(*value) ? nullptr : value;
}

void check_options(const Value* options, Problems& problems) {
  if (options == nullptr) return;
  ObjectReader keys(*options, "options", problems);
  for (const std::string_view name : option_names) {
    read_integer(unless_placeholder(keys.find(name)), name, problems);
  }
  keys.finish();
}

void check_reason(EventType type, const Value* reason, Problems& problems) {
  constexpr std::array<std::string_view, 4> of_closed{"stale", "idle", "error", "poolClosed"};
  constexpr std::array<std::string_view, 3> of_failed{"poolClosed", "timeout", "connectionError"};
  if (type == EventType::connection_closed) read_word(reason, "reason", of_closed, problems);
  if (type == EventType::check_out_failed) read_word(reason, "reason", of_failed, problems);
}

/// Asks only for the keys that events of this type can have.
void check_event(EventType type, ObjectReader& keys) {
  Problems& problems = keys.problems();
  read_string(unless_placeholder(keys.find("address")), "address", problems);
  if (has_connection(type)) {
    read_integer(unless_placeholder(keys.find("connectionId")), "connectionId", problems, 1);
  }
  if (has_duration(type)) {
    const Value* duration = unless_placeholder(keys.find("duration"));
    read_milliseconds(duration, "duration", problems, Fraction::allowed);
  }
  if (type == EventType::connection_closed || type == EventType::check_out_failed) {
    check_reason(type, unless_placeholder(keys.find("reason")), problems);
  }
  if (type == EventType::pool_created) {
    check_options(unless_placeholder(keys.find("options")), problems);
  }
  if (type == EventType::pool_cleared) {
    const Value* interrupt = unless_placeholder(keys.find("interruptInUseConnections"));
    read_boolean(interrupt, "interruptInUseConnections", problems);
    read_service_id(unless_placeholder(keys.find("serviceId")), problems);
  }
}

}  // namespace

std::optional<EventType> read_event_type(const Value* value, std::string_view what,
                                         Problems& problems) {
  const auto word = read_word(value, what, event_names(), problems);
  if (!word) return std::nullopt;
  return static_cast<EventType>(*word);
}

void read_events(const Value* events, const Value* ignore, ScenarioFile& file, Problems& problems) {
  for (const Value& name : read_list(ignore, "ignore", problems)) {
    if (const auto type = read_event_type(&name, "the event", problems)) {
      file.ignored[static_cast<std::size_t>(*type)] = true;
    }
  }
  for (const Value& event : read_list(events, "events", problems)) {
    ObjectReader keys(event, "an event", problems);
    const auto type = read_event_type(keys.need("type"), "the event", problems);
    if (!type) continue;
    check_event(*type, keys);
    // A time to the millisecond is nothing that a real clock gives.
    if (unless_placeholder(keys.find("duration"))) file.scenario.needs_virtual_clock = true;
    keys.finish();
    if (file.ignores(*type)) {
      problems.add(event.mark, std::string(event_name(*type)) +
                                   " is expected, but all events of this type are ignored");
    }
    file.events.push_back(event);
  }
}

std::optional<Value> read_error(const Value* value, ErrorKeys allowed, Problems& problems) {
  if (value == nullptr) return std::nullopt;
  ObjectReader keys(*value, "error", problems);
  read_word(unless_placeholder(keys.find("type")), "the error type", error_types, problems);
  read_string(unless_placeholder(keys.find("message")), "message", problems);
  read_string(unless_placeholder(keys.find("address")), "address", problems);
  if (allowed == ErrorKeys::extended) {
    for (const Value& label : read_list(keys.find("labels"), "labels", problems)) {
      read_word(&label, "the label", label_names, problems);
    }
    read_integer(unless_placeholder(keys.find("code")), "code", problems);
  }
  keys.finish();
  if (!keys.is_object()) return std::nullopt;
  return *value;
}

}  // namespace cmap::spec_tests
