// Expected values are read from files; actual ones are built from events and errors here.
#include "spec-tests/match.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "spec-tests/object_reader.hpp"

namespace cmap::spec_tests {
namespace {

using std::chrono::milliseconds;

std::string joined(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + '.' + key;
}

Mismatch difference(const Value& expected, const Value* actual, const std::string& path) {
  return {path, expected.mark, to_text(expected), actual != nullptr ? to_text(*actual) : "nothing"};
}

std::optional<double> number(const Value& value) {
  if (value.integer() != nullptr) return static_cast<double>(*value.integer());
  if (value.real() != nullptr) return *value.real();
  return std::nullopt;
}

/// Of scalars. Exactly, unless one of the two is no integer.
bool equal_scalars(const Value& a, const Value& b) {
  if (a.kind() == b.kind()) return same_value(a, b);
  const auto x = number(a);
  const auto y = number(b);
  return x && y && *x == *y;
}

std::optional<Mismatch> match_at(const Value& expected, const Value* actual,
                                 const std::string& path);

std::optional<Mismatch> match_array(const Value& expected, const Value& actual,
                                    const std::string& path) {
  const auto& elements = *expected.array();
  const auto& others = *actual.array();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const Value* other = i < others.size() ? &others[i] : nullptr;
    const std::string place = path + '[' + std::to_string(i) + ']';
    if (auto mismatch = match_at(elements[i], other, place)) return mismatch;
  }
  return std::nullopt;
}

std::optional<Mismatch> match_object(const Value& expected, const Value& actual,
                                     const std::string& path) {
  for (const Member& member : *expected.object()) {
    const Value* other = actual.find(member.key);
    if (auto mismatch = match_at(member.value, other, joined(path, member.key))) return mismatch;
  }
  return std::nullopt;
}

std::optional<Mismatch> match_at(const Value& expected, const Value* actual,
                                 const std::string& path) {
  if (actual == nullptr) return difference(expected, nullptr, path);
  if (is_placeholder(expected)) {
    if (actual->is_null()) return difference(expected, actual, path);
    return std::nullopt;
  }
  if (expected.array() != nullptr && actual->array() != nullptr) {
    return match_array(expected, *actual, path);
  }
  if (expected.object() != nullptr && actual->object() != nullptr) {
    return match_object(expected, *actual, path);
  }
  if (equal_scalars(expected, *actual)) return std::nullopt;
  return difference(expected, actual, path);
}

/// Whole milliseconds as an integer, others with a fraction.
Value milliseconds_value(Duration duration) {
  const auto whole = std::chrono::duration_cast<milliseconds>(duration);
  if (whole == duration) return Value(std::int64_t{whole.count()});
  return Value(std::chrono::duration<double, std::milli>(duration).count());
}

class ObjectBuilder {
 public:
  void add(std::string_view key, Value value) {
    object_.push_back({std::string(key), {}, std::move(value)});
  }
  void add(std::string_view key, std::optional<std::int64_t> number) {
    if (number) add(key, Value(*number));
  }
  void add(std::string_view key, std::optional<Duration> duration) {
    if (duration) add(key, milliseconds_value(*duration));
  }
  void add_connection(ConnectionId id) { add("connectionId", Value(number_of(id))); }
  Value take() { return Value(std::move(object_)); }

 private:
  static std::int64_t number_of(ConnectionId id) { return cmap::number(id); }

  Value::Object object_;
};

Value options_value(const PoolOptions& options) {
  ObjectBuilder object;
  object.add("maxPoolSize", options.max_pool_size);
  object.add("minPoolSize", options.min_pool_size);
  object.add("maxIdleTimeMS", options.max_idle_time);
  object.add("maxConnecting", options.max_connecting);
  object.add("waitQueueTimeoutMS", options.wait_queue_timeout);
  return object.take();
}

/// Adds what each type of event has besides type and address.
struct AddFields {
  ObjectBuilder& object;

  void operator()(const ConnectionPoolCreatedEvent& event) const {
    if (event.options != nullptr) object.add("options", options_value(*event.options));
  }
  void operator()(const ConnectionPoolReadyEvent&) const {}
  void operator()(const ConnectionPoolClearedEvent& event) const {
    if (event.service_id) object.add("serviceId", Value(event.service_id->to_hex()));
    if (event.interrupt_in_use_connections) {
      object.add("interruptInUseConnections", Value(*event.interrupt_in_use_connections));
    }
  }
  void operator()(const ConnectionPoolClosedEvent&) const {}
  void operator()(const ConnectionCreatedEvent& event) const {
    object.add_connection(event.connection_id);
  }
  void operator()(const ConnectionReadyEvent& event) const {
    object.add_connection(event.connection_id);
    object.add("duration", milliseconds_value(event.duration));
  }
  void operator()(const ConnectionClosedEvent& event) const {
    object.add_connection(event.connection_id);
    object.add("reason", Value(reason_name(event.reason)));
  }
  void operator()(const ConnectionCheckOutStartedEvent&) const {}
  void operator()(const ConnectionCheckOutFailedEvent& event) const {
    object.add("reason", Value(reason_name(event.reason)));
    object.add("duration", milliseconds_value(event.duration));
  }
  void operator()(const ConnectionCheckedOutEvent& event) const {
    object.add_connection(event.connection_id);
    object.add("duration", milliseconds_value(event.duration));
  }
  void operator()(const ConnectionCheckedInEvent& event) const {
    object.add_connection(event.connection_id);
  }
};

Value labels_value(ErrorLabel labels) {
  Value::Array names;
  const auto add = [&](ErrorLabel label, const char* name) {
    if (has_label(labels, label)) names.emplace_back(name);
  };
  add(ErrorLabel::system_overloaded, "SystemOverloadedError");
  add(ErrorLabel::retryable, "RetryableError");
  add(ErrorLabel::transient_transaction, "TransientTransactionError");
  return Value(std::move(names));
}

bool contains(const Value::Array& array, const Value& value) {
  return std::ranges::any_of(array,
                             [&](const Value& element) { return same_value(element, value); });
}

bool same_set(const Value::Array& a, const Value::Array& b) {
  return std::ranges::all_of(a, [&](const Value& value) { return contains(b, value); }) &&
         std::ranges::all_of(b, [&](const Value& value) { return contains(a, value); });
}

}  // namespace

std::optional<Mismatch> match(const Value& expected, const Value& actual) {
  return match_at(expected, &actual, "");
}

std::optional<Mismatch> match_error(const Value& expected, const Value& actual) {
  if (expected.object() == nullptr || actual.object() == nullptr) return match(expected, actual);
  for (const Member& member : *expected.object()) {
    const Value* other = actual.find(member.key);
    const bool are_sets =
        other != nullptr && member.value.array() != nullptr && other->array() != nullptr;
    if (are_sets && same_set(*member.value.array(), *other->array())) continue;
    if (are_sets) return difference(member.value, other, member.key);
    if (auto mismatch = match_at(member.value, other, member.key)) return mismatch;
  }
  return std::nullopt;
}

Value event_value(const Event& event) {
  ObjectBuilder object;
  object.add("type", Value(event_name(event.type())));
  object.add("address", Value(event.address.text()));
  std::visit(AddFields{object}, event.body);
  return object.take();
}

Value error_value(const Error& error) {
  ObjectBuilder object;
  object.add("type", Value(type_name(error.type)));
  object.add("message", Value(error.message));
  object.add("address", Value(error.address.text()));
  object.add("labels", labels_value(error.labels));
  if (error.code != 0) object.add("code", Value(std::int64_t{error.code}));
  return object.take();
}

Value error_value(const ErrorPtr& error) { return error ? error_value(*error) : Value(); }

}  // namespace cmap::spec_tests
