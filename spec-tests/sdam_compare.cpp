// Walks the expected value beside the actual one.
#include "spec-tests/sdam_compare.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "pool/api/address.hpp"
#include "spec-tests/object_reader.hpp"

namespace cmap::spec_tests {
namespace {

/// The rule to look up, by the last key of a path.
std::string_view clause_of(std::string_view path) {
  struct Clause {
    std::string_view key, clause;
  };
  constexpr std::array<Clause, 15> clauses{{
      {"servers", "D-RS-4"},
      {"topologyType", "D-RS-1, D-RS-5"},
      {"type", "D-RS-3, D.2"},
      {"generation", "D.2, D-SD-5"},
      {"topologyVersion", "D-RS-6, D.2"},
      {"processId", "D-RS-6, D.2"},
      {"counter", "D-RS-6, D.2"},
      {"setName", "D-RS-1, D-RS-4"},
      {"setVersion", "D-SD-6"},
      {"electionId", "D-SD-6"},
      {"maxSetVersion", "D-SD-6"},
      {"maxElectionId", "D-SD-6"},
      {"error", "D-SD-5, D-SD-6"},
      {"compatible", "D-RS-3"},
      {"events", "D-SD-1, D-SD-9"},
  }};
  const std::string_view key = path.substr(path.find_last_of('.') + 1);
  const auto* const found =
      std::ranges::find_if(clauses, [&](const Clause& each) { return each.key == key; });
  return found == clauses.end() ? "D-RS-3" : found->clause;
}

/// Clients that check several servers at a time know no such type.
bool is_possible_primary(const Value& expected, const Value& actual) {
  return expected.text() != nullptr && *expected.text() == "PossiblePrimary" &&
         actual.text() != nullptr && *actual.text() == "Unknown";
}

bool same_scalar(const Value& expected, const Value& actual) {
  return same_value(expected, actual, Numbers::by_value) || is_possible_primary(expected, actual);
}

bool contains(const Value* actual, const Value& expected) {
  return actual != nullptr && actual->text() != nullptr && expected.text() != nullptr &&
         actual->text()->find(*expected.text()) != std::string::npos;
}

/// An event by its name.
std::string shown(const Value& value) {
  const Value::Object* const object = value.object();
  return object != nullptr && object->size() == 1 ? object->front().key : to_text(value);
}

/// As the topology writes it: with its port, in lower case.
std::string normal_address(const std::string& text) {
  const auto address = Address::parse(text);
  return address ? address->in_lower_case().text() : text;
}

}  // namespace

SdamComparison::SdamComparison(std::string file, std::string where)
    : file_(std::move(file)), where_(std::move(where)) {}

void SdamComparison::compare_outcome(const Value& expected, const Value& actual) {
  if (expected.object() == nullptr) return;
  for (const Member& member : *expected.object()) {
    if (member.key == "events") continue;
    const Value* const known = actual.find(member.key);
    if (member.key == "servers") {
      compare_servers(member.value, *known);
    } else {
      compare(member.value, known, member.key);
    }
  }
}

void SdamComparison::compare_events(const Value& expected, const Value& actual) {
  compare(expected, &actual, "events");
}

void SdamComparison::compare_servers(const Value& expected, const Value& actual) {
  std::vector<std::string> named;
  for (const Member& server : *expected.object()) {
    named.push_back(normal_address(server.key));
    const Value* const known = actual.find(named.back());
    if (known == nullptr) {
      add(server.mark, "servers: expected " + in_quotes(named.back()) + ", but it is not there");
    } else {
      compare(server.value, known, "servers." + named.back());
    }
  }
  for (const Member& server : *actual.object()) {
    if (std::ranges::find(named, server.key) != named.end()) continue;
    add(expected.mark, "servers: " + in_quotes(server.key) + " is there, but is not expected");
  }
}

void SdamComparison::compare(const Value& expected, const Value* actual, const std::string& path) {
  const Value nothing;
  const Value& known = actual != nullptr ? *actual : nothing;
  if (is_placeholder(expected) && !known.is_null()) return;
  if (path.ends_with(".error") && contains(actual, expected)) return;
  if (expected.object() != nullptr && known.object() != nullptr) {
    compare_objects(expected, known, path);
  } else if (expected.array() != nullptr && known.array() != nullptr) {
    compare_lists(expected, known, path);
  } else if (!same_scalar(expected, known)) {
    differ(expected, actual, path);
  }
}

void SdamComparison::compare_objects(const Value& expected, const Value& actual,
                                     const std::string& path) {
  for (const Member& member : *expected.object()) {
    compare(member.value, actual.find(member.key), path + '.' + member.key);
  }
}

void SdamComparison::compare_lists(const Value& expected, const Value& actual,
                                   const std::string& path) {
  const std::size_t expected_size = expected.array()->size();
  const std::size_t actual_size = actual.array()->size();
  for (std::size_t i = 0; i < std::min(expected_size, actual_size); ++i) {
    compare((*expected.array())[i], &(*actual.array())[i],
            path + '[' + std::to_string(i + 1) + ']');
  }
  if (expected_size == actual_size) return;
  add(expected.mark, path + ": expected " + std::to_string(expected_size) + ", but there are " +
                         std::to_string(actual_size) +
                         (actual_size > expected_size ? "; the first surplus one is " +
                                                            shown((*actual.array())[expected_size])
                                                      : ""));
}

void SdamComparison::differ(const Value& expected, const Value* actual, const std::string& path) {
  const std::string known = actual == nullptr ? "missing" : to_text(*actual);
  add(expected.mark, path + ": expected " + to_text(expected) + ", but is " + known + " (" +
                         std::string(clause_of(path)) + ")");
}

void SdamComparison::add(Mark mark, const std::string& message) {
  differences_.push_back({file_, mark, where_ + ": " + message});
}

}  // namespace cmap::spec_tests
