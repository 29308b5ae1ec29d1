// Lists are compared one by one; the first difference of a list is told, the rest follows from it.
#include "spec-tests/unified_compare.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "pool/client/uri_text.hpp"
#include "spec-tests/unified_match.hpp"

namespace cmap::spec_tests {
namespace {

using Differences = std::vector<Problem>;

std::string sentence(const std::string& what, const Mismatch& mismatch) {
  return what + (mismatch.path.empty() ? "" : "." + mismatch.path) + ": expected " +
         mismatch.expected + ", but is " + mismatch.actual;
}

/// Every field that is asked for is the root of what is below it.
std::optional<Mismatch> match_fields(const Value& expected, const Value& actual) {
  if (expected.object() == nullptr) return unified_match(expected, &actual, ExtraKeys::allowed);
  for (const Member& field : *expected.object()) {
    const Value* const value = actual.find(field.key);
    if (auto mismatch = unified_match(field.value, value, ExtraKeys::allowed)) {
      mismatch->path = field.key + (mismatch->path.empty() ? "" : "." + mismatch->path);
      return mismatch;
    }
  }
  return std::nullopt;
}

std::string names_of(std::span<const ObservedEvent> events) {
  std::string names;
  for (const ObservedEvent& event : events) names += (names.empty() ? "" : ", ") + event.name;
  return names;
}

std::optional<Mismatch> match_message(const Value& expected, const Value& actual) {
  return match_fields(expected, actual);
}

/// "Connection pool ready", for a log message.
std::string title_of(const Value& message) {
  const Value* const data = message.find("data");
  const Value* const title = data ? data->find("message") : nullptr;
  return title && title->text() ? in_quotes(*title->text()) : "a log message";
}

bool is_label_there(const Error& error, const std::string& name) {
  const Value value = error_value(error);
  const auto& labels = *value.find("labels")->array();
  return std::ranges::any_of(labels, [&](const Value& label) { return *label.text() == name; });
}

/// What comes from the server is no error of the client.
bool is_client_error(const Error& error) {
  return error.type != ErrorType::command && error.type != ErrorType::authentication;
}

/// Because of timeoutMS, that is.
bool is_timeout_error(const Error& error) { return error.type == ErrorType::deadline_exceeded; }

/// What is missing of an expected error.
std::vector<std::string> shortcomings(const UnifiedError& expected, const Error& actual) {
  std::vector<std::string> missing;
  const auto demand = [&](bool good, const std::string& what) {
    if (!good) missing.push_back(what);
  };
  if (expected.is_client_error) {
    demand(is_client_error(actual) == *expected.is_client_error,
           *expected.is_client_error ? "an error of the client" : "an error of the server");
  }
  if (expected.is_timeout_error) {
    demand(is_timeout_error(actual) == *expected.is_timeout_error,
           *expected.is_timeout_error ? "a timeout of timeoutMS" : "no timeout of timeoutMS");
  }
  if (expected.contains) {
    const std::string text = lower_case(*expected.contains);
    demand(lower_case(actual.message).find(text) != std::string::npos,
           "an error with " + in_quotes(*expected.contains));
  }
  if (expected.code) {
    demand(!is_client_error(actual) && actual.code == *expected.code,
           "the code " + std::to_string(*expected.code));
  }
  for (const std::string& label : expected.labels) {
    demand(is_label_there(actual, label), "the label " + label);
  }
  for (const std::string& label : expected.labels_omitted) {
    demand(!is_label_there(actual, label), "no label " + label);
  }
  return missing;
}

/// Documents that a cursor brings are roots.
std::optional<Mismatch> match_result(const Value& expected, const Value& actual) {
  const bool are_lists = expected.array() && actual.array();
  if (!are_lists || expected.array()->size() != actual.array()->size()) {
    return unified_match(expected, &actual, ExtraKeys::allowed);
  }
  for (std::size_t i = 0; i < expected.array()->size(); ++i) {
    const Value& document = (*actual.array())[i];
    auto mismatch = unified_match((*expected.array())[i], &document, ExtraKeys::allowed);
    if (mismatch) return mismatch;
  }
  return std::nullopt;
}

}  // namespace

bool is_event(const Value& expected, const ObservedEvent& actual) {
  const Member& event = only_member(expected);
  return event.key == actual.name && !match_fields(event.value, actual.fields);
}

Differences compare_events(const std::string& path, const UnifiedEventList& expected,
                           const std::vector<ObservedEvent>& all) {
  std::vector<ObservedEvent> actual;
  std::ranges::copy_if(all, std::back_inserter(actual),
                       [&](const auto& event) { return event.kind == expected.kind; });
  for (std::size_t i = 0; i < expected.events.size(); ++i) {
    const Member& event = only_member(expected.events[i]);
    const std::string which = "event " + std::to_string(i + 1) + ": ";
    if (i == actual.size()) {
      return {{path, event.mark, which + "expected " + event.key + ", but no more came"}};
    }
    if (event.key != actual[i].name) {
      return {
          {path, event.mark, which + "expected " + event.key + ", but it is " + actual[i].name}};
    }
    if (const auto mismatch = match_fields(event.value, actual[i].fields)) {
      return {{path, mismatch->mark, which + sentence(event.key, *mismatch)}};
    }
  }
  const auto extra = std::span(actual).subspan(std::min(expected.events.size(), actual.size()));
  if (extra.empty() || expected.ignores_extra) return {};
  return {{path, expected.mark,
           "expected " + std::to_string(expected.events.size()) +
               " events, but more came: " + names_of(extra)}};
}

Differences compare_logs(const std::string& path, const UnifiedLogList& expected,
                         const std::vector<Value>& all) {
  std::vector<Value> actual;
  std::ranges::copy_if(all, std::back_inserter(actual), [&](const Value& message) {
    return std::ranges::none_of(
        expected.ignored, [&](const Value& ignored) { return !match_message(ignored, message); });
  });
  for (std::size_t i = 0; i < expected.messages.size(); ++i) {
    const Value& message = expected.messages[i];
    const std::string which = "log message " + std::to_string(i + 1) + ": ";
    if (i == actual.size()) {
      return {{path, message.mark, which + "expected " + title_of(message) + ", but no more came"}};
    }
    if (const auto mismatch = match_message(message, actual[i])) {
      return {{path, mismatch->mark, which + sentence(title_of(actual[i]), *mismatch)}};
    }
  }
  if (actual.size() <= expected.messages.size() || expected.ignores_extra) return {};
  return {{path, expected.mark,
           "expected " + std::to_string(expected.messages.size()) +
               " log messages, but more came, the first: " +
               title_of(actual[expected.messages.size()])}};
}

Differences compare_outcome(const std::string& path, const UnifiedOperation& operation,
                            const UnifiedOutcome& outcome) {
  const auto& [error, result] = outcome;
  if (error && !operation.error) {
    return {{path, operation.mark, operation.name + " failed: " + error->message}};
  }
  if (operation.error && !error) {
    return {{path, operation.error->mark, operation.name + " must fail, but succeeded"}};
  }
  Differences differences;
  if (error) {
    for (const std::string& missing : shortcomings(*operation.error, *error)) {
      differences.push_back(
          {path, operation.error->mark,
           operation.name + ": expected " + missing + ", but it failed: " + error->message});
    }
  } else if (operation.result) {
    if (const auto mismatch = match_result(*operation.result, result)) {
      differences.push_back({path, mismatch->mark, sentence(operation.name, *mismatch)});
    }
  }
  return differences;
}

Differences compare_contents(const std::string& path, const UnifiedData& expected,
                             std::vector<Value> actual) {
  const auto id_of = [](const Value& document) {
    const Value* const id = document.find("_id");
    return id && id->integer() ? *id->integer() : 0;
  };
  std::ranges::stable_sort(actual, {}, id_of);
  const std::string name = expected.database + "." + expected.collection;
  for (std::size_t i = 0; i < std::min(actual.size(), expected.documents.size()); ++i) {
    const auto mismatch = exact_match(expected.documents[i], actual[i]);
    if (mismatch) {
      return {{path, mismatch->mark, sentence(name + "[" + std::to_string(i) + "]", *mismatch)}};
    }
  }
  if (actual.size() == expected.documents.size()) return {};
  return {{path, expected.mark,
           name + ": expected " + std::to_string(expected.documents.size()) +
               " documents, but there are " + std::to_string(actual.size())}};
}

}  // namespace cmap::spec_tests
