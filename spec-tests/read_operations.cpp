// From an element of `operations` or of `x-cmap.listener` to what the simulator runs.
#include <utility>

#include "spec-tests/operations.hpp"

namespace cmap::spec_tests {
namespace {

constexpr std::array<std::string_view, 9> operation_names{
    "start",   "wait",  "waitForThread", "waitForEvent", "checkOut",
    "checkIn", "clear", "close",         "ready"};
constexpr std::array<std::string_view, 6> listener_names{"checkOut", "checkIn", "clear",
                                                         "close",    "ready",   "cancel"};

/// An error may come, whatever it is.
bool is_any_error(const Value& value) { return value.text() != nullptr && *value.text() == "any"; }

}  // namespace

std::optional<sim::OperationBody> OperationReader::standard(std::string_view name,
                                                            ObjectReader& keys,
                                                            ObjectReader* extension) {
  if (name == "start") return start(keys);
  if (name == "wait") return wait(keys, extension);
  if (name == "waitForThread") return wait_for_thread(keys);
  if (name == "waitForEvent") return wait_for_event(keys, extension);
  if (name == "checkOut") return check_out(keys, extension, false);
  if (name == "checkIn") return check_in(keys);
  if (name == "clear") return clear(keys);
  if (name == "close") return sim::Close{};
  return sim::Ready{};
}

void OperationReader::add_operation(sim::Operation operation, std::optional<Value> error) {
  auto& operations = scenario_.operations;
  if (error) {
    file_.operation_errors.push_back(
        {static_cast<std::uint32_t>(operations.size()), std::move(*error)});
  }
  operations.push_back(std::move(operation));
}

/// The main thread manages the others; whatever else does is not for the format.
std::optional<sim::ActorIndex> OperationReader::thread_of(std::string_view name, ObjectReader& keys,
                                                          ObjectReader* extension) {
  ObjectReader* where = &keys;
  if (name == "start" || name == "waitForThread") where = extension;
  if (where == nullptr || !where->has("thread")) return sim::main_actor;
  return known_thread(where->find("thread"), "thread");
}

void OperationReader::read_operation(const Value& value) {
  ObjectReader keys(value, "an operation", problems_);
  if (!keys.is_object()) return;
  std::optional<ObjectReader> extension;
  if (const Value* extension_value = keys.find("x-cmap")) {
    extension.emplace(*extension_value, "x-cmap of an operation", problems_);
    if (!extension->is_object()) return;
  }
  const bool extended_name = extension && extension->has("name") && !value.find("name");
  const Value* name = extended_name ? extension->find("name") : keys.need("name");
  const auto known_names = extended_name ? extended_names() : std::span(operation_names).subspan(0);
  const auto word = read_word(name, "the operation", known_names, problems_);
  if (!word) return;  // its other keys cannot be judged

  const std::string_view known_name = known_names[*word];
  Body body = extended_name ? extended(known_name, *extension)
                            : standard(known_name, keys, extension ? &*extension : nullptr);
  const auto on = thread_of(known_name, keys, extension ? &*extension : nullptr);
  const Value* error = extension ? extension->find("error") : nullptr;
  const bool any_error = error != nullptr && is_any_error(*error);
  auto expected = read_error(any_error ? nullptr : error, ErrorKeys::extended, problems_);
  if (extension) extension->finish();
  keys.finish();
  if (!body || !on) return;
  add_operation({.actor = *on,
                 .body = std::move(*body),
                 .error_expected = error != nullptr,
                 .line = value.mark.line},
                std::move(expected));
}

std::optional<sim::OperationBody> OperationReader::listener_operation(const Value& value) {
  ObjectReader keys(value, "do", problems_);
  const auto word =
      read_word(keys.need("name"), "the operation of a listener", listener_names, problems_);
  if (!word) return std::nullopt;
  const std::string_view name = listener_names[*word];
  Body body;
  if (name == "checkOut") {
    body = check_out(keys, &keys, true);
  } else if (name == "cancel") {
    body = cancel(keys);
  } else {
    body = standard(name, keys, nullptr);
  }
  keys.finish();
  return body;
}

void OperationReader::read_listener_action(const Value& value) {
  using What = sim::ListenerAction::What;
  ObjectReader keys(value, "an action of the listener", problems_);
  if (!keys.is_object()) return;
  sim::ListenerAction action;
  const auto event = read_event_type(keys.need("on"), "the event", problems_);
  action.occurrence = read_integer(keys.find("occurrence"), "occurrence", problems_, 1).value_or(1);

  const Value* operation = keys.find("do");
  const Value* time = keys.find("spendMS");
  const bool throws = keys.boolean("throw").value_or(false);
  keys.finish();
  if ((operation != nullptr ? 1 : 0) + (time != nullptr ? 1 : 0) + (throws ? 1 : 0) != 1) {
    problems_.add(value.mark,
                  "an action of the listener must have one of do, spendMS and throw: true");
    return;
  }
  if (operation != nullptr) {
    const Body body = listener_operation(*operation);
    if (!body) return;
    action.operation = *body;
  } else if (time != nullptr) {
    action.what = What::spend_time;
    action.time =
        read_milliseconds(time, "spendMS", problems_, Fraction::allowed).value_or(Duration{});
  } else {
    action.what = What::throw_exception;
  }
  if (!event) return;
  action.event = *event;
  scenario_.listener_actions.push_back(std::move(action));
}

void read_operations(const Value* operations, const Value* listener, ScenarioFile& file,
                     Problems& problems) {
  OperationReader reader(file, problems);
  for (const Value& value : read_list(operations, "operations", problems)) {
    reader.read_operation(value);
  }
  for (const Value& value : read_list(listener, "listener", problems)) {
    reader.read_listener_action(value);
  }
  reader.check_labels();
}

}  // namespace cmap::spec_tests
