// Both sides as text, item by item.
#include "sim/compare_traces.hpp"

#include <algorithm>
#include <vector>

namespace cmap::sim {
namespace {

/// Messages tell more in the real world.
std::string text_of(const ErrorPtr& error) {
  if (!error) return "no error";
  std::string text(type_name(error->type));
  text += " fault=" + std::string(fault_name(error->fault));
  text += " code=" + std::to_string(error->code);
  text += " labels=" + std::to_string(static_cast<int>(error->labels));
  if (error->cause) text += " because of " + text_of(error->cause);
  return text;
}

ErrorPtr error_of(const Event& event) {
  if (const auto* closed = std::get_if<ConnectionClosedEvent>(&event.body)) return closed->error;
  if (const auto* failed = std::get_if<ConnectionCheckOutFailedEvent>(&event.body)) {
    return failed->error;
  }
  return nullptr;
}

std::string text_of(const TracedEvent& traced) {
  const PoolCounts& counts = traced.event.counts;
  std::string text = "@" + milliseconds_text(traced.time) + " " + describe(traced.event);
  text += " (" + std::to_string(counts.pending) + " pending, " + std::to_string(counts.available) +
          " available, " + std::to_string(counts.in_use) + " in use, " +
          std::to_string(counts.waiting) + " waiting)";
  if (const ErrorPtr error = error_of(traced.event)) text += " " + text_of(error);
  return text;
}

std::string text_of(const std::optional<RunFailure>& failure) {
  return failure ? failure->message : "no failure";
}

template <typename Item>
std::optional<std::string> difference(const char* what, const std::vector<Item>& expected,
                                      const std::vector<Item>& actual) {
  for (std::size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
    const std::string left = i < expected.size() ? text_of(expected[i]) : "(nothing)";
    const std::string right = i < actual.size() ? text_of(actual[i]) : "(nothing)";
    if (left == right) continue;
    return std::string(what) + " " + std::to_string(i + 1) + " is\n    " + right +
           "\n  instead of\n    " + left;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> first_difference(const Trace& expected, const Trace& actual) {
  if (auto found = difference("event", expected.events, actual.events)) return found;
  if (auto found = difference("the outcome of operation", expected.operation_errors,
                              actual.operation_errors)) {
    return found;
  }
  if (auto found = difference("the end of actor", expected.actor_errors, actual.actor_errors)) {
    return found;
  }
  if (text_of(expected.failure) != text_of(actual.failure)) {
    return "the run ends with: " + text_of(actual.failure) +
           "\n  instead of: " + text_of(expected.failure);
  }
  if (expected.end != actual.end) {
    return "the end is at " + milliseconds_text(actual.end) + " ms instead of " +
           milliseconds_text(expected.end) + " ms";
  }
  if (expected.abandoned != actual.abandoned) {
    return std::to_string(actual.abandoned) +
           " connections were given up without a word instead of " +
           std::to_string(expected.abandoned);
  }
  return std::nullopt;
}

}  // namespace cmap::sim
