// Events as one line of text: the notation of exact expectations and of failure reports.
#include "sim/trace.hpp"

#include <string_view>

namespace cmap::sim {
namespace {

/// Collects "key=value" pairs with `separator` between them.
class Pairs {
 public:
  explicit Pairs(std::string_view separator) : separator_(separator) {}

  void add(std::string_view key, std::string_view value) {
    if (!text_.empty()) text_ += separator_;
    text_.append(key).append("=").append(value);
  }
  void add(std::string_view key, std::int64_t value) { add(key, std::to_string(value)); }
  void add(std::string_view key, ConnectionId id) { add(key, number(id)); }
  void add(std::string_view key, Duration value) { add(key, milliseconds_text(value)); }
  template <typename Value>
  void add(std::string_view key, const std::optional<Value>& value) {
    if (value) add(key, *value);
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string_view separator_;
  std::string text_;
};

std::string options_text(const PoolOptions* options) {
  Pairs pairs(", ");
  if (options != nullptr) {
    pairs.add("maxPoolSize", options->max_pool_size);
    pairs.add("minPoolSize", options->min_pool_size);
    pairs.add("maxIdleTimeMS", options->max_idle_time);
    pairs.add("maxConnecting", options->max_connecting);
    pairs.add("waitQueueTimeoutMS", options->wait_queue_timeout);
  }
  return "{" + pairs.text() + "}";
}

/// One overload per event type, so that a new field or type cannot be forgotten silently.
class TextFields {
 public:
  void operator()(const ConnectionPoolCreatedEvent& event) {
    pairs_.add("options", options_text(event.options.get()));
  }
  void operator()(const ConnectionPoolReadyEvent&) {}
  void operator()(const ConnectionPoolClearedEvent& event) {
    if (event.service_id) pairs_.add("serviceId", event.service_id->to_hex());
    if (event.interrupt_in_use_connections) {
      pairs_.add("interruptInUseConnections",
                 std::string_view(*event.interrupt_in_use_connections ? "true" : "false"));
    }
  }
  void operator()(const ConnectionPoolClosedEvent&) {}
  void operator()(const ConnectionCreatedEvent& event) { add_id(event.connection_id); }
  void operator()(const ConnectionReadyEvent& event) {
    add_id(event.connection_id);
    pairs_.add("duration", event.duration);
  }
  void operator()(const ConnectionClosedEvent& event) {
    add_id(event.connection_id);
    pairs_.add("reason", reason_name(event.reason));
  }
  void operator()(const ConnectionCheckOutStartedEvent&) {}
  void operator()(const ConnectionCheckOutFailedEvent& event) {
    pairs_.add("reason", reason_name(event.reason));
    pairs_.add("duration", event.duration);
  }
  void operator()(const ConnectionCheckedOutEvent& event) {
    add_id(event.connection_id);
    pairs_.add("duration", event.duration);
  }
  void operator()(const ConnectionCheckedInEvent& event) { add_id(event.connection_id); }

  [[nodiscard]] const std::string& text() const { return pairs_.text(); }

 private:
  void add_id(ConnectionId id) { pairs_.add("connectionId", id); }

  Pairs pairs_{" "};
};

}  // namespace

std::string describe(const Event& event) {
  TextFields fields;
  std::visit([&fields](const auto& body) { fields(body); }, event.body);
  std::string text(event_name(event.type()));
  if (!fields.text().empty()) text += " " + fields.text();
  return text;
}

std::string milliseconds_text(Duration duration) {
  constexpr std::uint64_t nanoseconds_per_millisecond = 1'000'000;
  constexpr std::size_t fraction_digits = 6;
  const bool is_negative = duration < Duration::zero();
  // Negated as unsigned: the smallest duration has no positive counterpart.
  const auto count = static_cast<std::uint64_t>(duration.count());
  const std::uint64_t magnitude = is_negative ? 0 - count : count;

  std::string text = is_negative ? "-" : "";
  text += std::to_string(magnitude / nanoseconds_per_millisecond);
  const std::uint64_t rest = magnitude % nanoseconds_per_millisecond;
  if (rest == 0) return text;
  std::string fraction = std::to_string(rest);
  fraction.insert(0, fraction_digits - fraction.size(), '0');
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text + "." + fraction;
}

}  // namespace cmap::sim
