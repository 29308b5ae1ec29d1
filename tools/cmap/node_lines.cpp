// Objects as util.inspect writes them when they fit into one line; one overload per event.
#include "tools/cmap/node_lines.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include <fmt/format.h>

namespace cmap::tools {
namespace {

/// In the quotation marks that need no escapes, if there are such.
std::string inspected(std::string_view text) {
  const auto has = [&](char c) { return text.find(c) != std::string_view::npos; };
  const char quote = !has('\'') ? '\'' : !has('"') ? '"' : !has('`') ? '`' : '\'';
  std::string result(1, quote);
  for (const char c : text) {
    constexpr unsigned char first_printable = 0x20;
    constexpr unsigned char deleted = 0x7F;
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\\' || c == quote) {
      result += '\\';
      result += c;
    } else if (byte < first_printable || byte == deleted) {
      result += fmt::format("\\x{:02X}", byte);
    } else {
      result += c;
    }
  }
  return result + quote;
}

std::string milliseconds_number(Duration duration) {
  constexpr double microseconds = 1e3;
  const double rounded =
      std::round(std::chrono::duration<double, std::milli>(duration).count() * microseconds) /
      microseconds;
  return fmt::format("{}", rounded);
}

class Object {
 public:
  Object& add(std::string_view key, std::string_view inspected_value) {
    members_ += fmt::format("{}{}: {}", members_.empty() ? "" : ", ", key, inspected_value);
    return *this;
  }
  template <typename Value>
  Object& add_if_set(std::string_view key, const std::optional<Value>& value) {
    if (value) add(key, shown(*value));
    return *this;
  }
  [[nodiscard]] std::string text() const {
    return members_.empty() ? "{}" : "{ " + members_ + " }";
  }

 private:
  static std::string shown(std::int64_t value) { return fmt::format("{}", value); }
  static std::string shown(Duration value) { return milliseconds_number(value); }
  static std::string shown(bool value) { return value ? "true" : "false"; }
  static std::string shown(const ServiceId& id) {
    return fmt::format("new ObjectId('{}')", id.to_hex());
  }

  std::string members_;
};

struct NodeFields {
  Object& object;

  void operator()(const ConnectionPoolCreatedEvent& event) const {
    const PoolOptions options = event.options ? *event.options : PoolOptions{};
    Object shown;
    shown.add_if_set("maxConnecting", options.max_connecting)
        .add_if_set("maxPoolSize", options.max_pool_size)
        .add_if_set("minPoolSize", options.min_pool_size)
        .add_if_set("maxIdleTimeMS", options.max_idle_time)
        .add_if_set("waitQueueTimeoutMS", options.wait_queue_timeout);
    object.add("options", shown.text());
  }
  void operator()(const ConnectionPoolReadyEvent&) const {}
  void operator()(const ConnectionPoolClearedEvent& event) const {
    object.add_if_set("serviceId", event.service_id)
        .add_if_set("interruptInUseConnections", event.interrupt_in_use_connections);
  }
  void operator()(const ConnectionPoolClosedEvent&) const {}
  void operator()(const ConnectionCreatedEvent& event) const { add(event.connection_id); }
  void operator()(const ConnectionReadyEvent& event) const {
    add(event.duration);
    add(event.connection_id);
  }
  void operator()(const ConnectionClosedEvent& event) const {
    add(event.connection_id);
    object.add("reason", inspected(reason_name(event.reason)));
    add(event.error);
  }
  void operator()(const ConnectionCheckOutStartedEvent&) const {}
  void operator()(const ConnectionCheckOutFailedEvent& event) const {
    add(event.duration);
    object.add("reason", inspected(reason_name(event.reason)));
    add(event.error);
  }
  void operator()(const ConnectionCheckedOutEvent& event) const {
    add(event.duration);
    add(event.connection_id);
  }
  void operator()(const ConnectionCheckedInEvent& event) const { add(event.connection_id); }

  void add(ConnectionId id) const { object.add("connectionId", fmt::format("{}", number(id))); }
  void add(Duration duration) const { object.add("durationMS", milliseconds_number(duration)); }
  void add(const ErrorPtr& error) const {
    if (error) object.add("error", inspected(error->message));
  }
};

}  // namespace

std::string iso_time(WallTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<milliseconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::string node_line(const Event& event, WallTime time) {
  Object object;
  object.add("time", iso_time(time)).add("address", inspected(event.address.text()));
  std::visit(NodeFields{object}, event.body);
  return fmt::format("{}Event {}", event_name(event.type()), object.text());
}

}  // namespace cmap::tools
