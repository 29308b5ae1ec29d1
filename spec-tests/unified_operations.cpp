// operations: which there are, and what each is given.
#include <algorithm>
#include <array>
#include <utility>

#include "sim/real/serve/model/fail_points.hpp"
#include "sim/real/serve/model/matching.hpp"
#include "spec-tests/bson_value.hpp"
#include "spec-tests/unified_readers.hpp"

namespace cmap::spec_tests {
namespace {

struct KnownArgument {
  std::string_view name;
  Value::Kind kind = Value::Kind::text;
  bool needed = true;
};

/// Nothing: the test runner.
using OperationOwner = std::optional<UnifiedEntity::Kind>;
constexpr OperationOwner of_test_runner{};

struct KnownUnifiedOperation {
  std::string_view name;
  OperationOwner of{};
  std::array<KnownArgument, 3> arguments{};  ///< those with a name

  [[nodiscard]] bool takes(std::string_view argument) const {
    return std::ranges::any_of(arguments,
                               [&](const KnownArgument& each) { return each.name == argument; });
  }
};

constexpr std::array known_unified_operations{
    KnownUnifiedOperation{
        "failPoint", of_test_runner, {{{"client"}, {"failPoint", Value::Kind::object}}}},
    KnownUnifiedOperation{"createEntities", of_test_runner, {{{"entities", Value::Kind::array}}}},
    KnownUnifiedOperation{
        "waitForEvent",
        of_test_runner,
        {{{"client"}, {"event", Value::Kind::object}, {"count", Value::Kind::integer}}}},
    KnownUnifiedOperation{
        "assertEventCount",
        of_test_runner,
        {{{"client"}, {"event", Value::Kind::object}, {"count", Value::Kind::integer}}}},
    KnownUnifiedOperation{
        "runOnThread", of_test_runner, {{{"thread"}, {"operation", Value::Kind::object}}}},
    KnownUnifiedOperation{"waitForThread", of_test_runner, {{{"thread"}}}},
    KnownUnifiedOperation{"wait", of_test_runner, {{{"ms", Value::Kind::integer}}}},
    KnownUnifiedOperation{"assertNumberConnectionsCheckedOut",
                          of_test_runner,
                          {{{"client"}, {"connections", Value::Kind::integer}}}},
    KnownUnifiedOperation{"recordTopologyDescription", of_test_runner, {{{"client"}, {"id"}}}},
    KnownUnifiedOperation{
        "assertTopologyType", of_test_runner, {{{"topologyDescription"}, {"topologyType"}}}},
    KnownUnifiedOperation{"close", UnifiedEntity::Kind::client, {}},
    KnownUnifiedOperation{
        "listDatabases", UnifiedEntity::Kind::client, {{{"filter", Value::Kind::object, false}}}},
    KnownUnifiedOperation{"runCommand",
                          UnifiedEntity::Kind::database,
                          {{{"command", Value::Kind::object}, {"commandName"}}}},
    KnownUnifiedOperation{
        "insertOne", UnifiedEntity::Kind::collection, {{{"document", Value::Kind::object}}}},
    KnownUnifiedOperation{
        "insertMany",
        UnifiedEntity::Kind::collection,
        {{{"documents", Value::Kind::array}, {"ordered", Value::Kind::boolean, false}}}},
    KnownUnifiedOperation{
        "find",
        UnifiedEntity::Kind::collection,
        {{{"filter", Value::Kind::object}, {"limit", Value::Kind::integer, false}}}},
};

void check_arguments(const UnifiedOperation& operation, const KnownUnifiedOperation& known,
                     Misfit& misfit, Problems& problems) {
  for (const KnownArgument& each : known.arguments) {
    if (each.name.empty()) continue;
    const Value* const given = operation.arguments.find(each.name);
    const std::string what = std::string(each.name) + " of " + operation.name;
    if (given == nullptr && each.needed) {
      problems.add(operation.mark, "the argument " + what + " is missing");
    } else if (given != nullptr && given->kind() != each.kind) {
      problems.add(given->mark, what + " must be " + std::string(kind_name(each.kind)) +
                                    ", but is " + to_text(*given));
    } else if (given != nullptr && given->integer() && *given->integer() < 0) {
      problems.add(given->mark, what + " must not be negative, but is " + to_text(*given));
    }
  }
  if (operation.arguments.object() == nullptr) return;
  for (const Member& given : *operation.arguments.object()) {
    if (!known.takes(given.key)) {
      misfit.note("the argument " + given.key + " of " + operation.name + " is not supported");
    }
  }
}

UnifiedError read_unified_error(const Value& value, Misfit& misfit, Problems& problems) {
  constexpr std::array<std::string_view, 7> known{
      "isError",   "isClientError",      "isTimeoutError", "errorContains",
      "errorCode", "errorLabelsContain", "errorLabelsOmit"};
  ObjectReader keys(value, "expectError", problems);
  misfit.note_unknown(value, known, "expectError");
  UnifiedError error{.mark = value.mark};
  if (keys.is_object() && value.object()->empty()) {
    problems.add(value.mark, "expectError must say something; write isError: true");
  }
  if (keys.boolean("isError") == false) {
    problems.add(value.mark, "isError must be true; leave expectError out where none is expected");
  }
  error.is_client_error = keys.boolean("isClientError");
  error.is_timeout_error = keys.boolean("isTimeoutError");
  error.contains = keys.string("errorContains");
  error.code = read_integer(keys.find("errorCode"), "errorCode", problems);
  error.labels = read_strings(keys.find("errorLabelsContain"), "errorLabelsContain", problems);
  constexpr std::array<std::string_view, 3> labels{"SystemOverloadedError", "RetryableError",
                                                   "TransientTransactionError"};
  for (const std::string& label : error.labels) {
    if (std::ranges::find(labels, label) == labels.end()) {
      misfit.note("errors here do not have the label " + label);
    }
  }
  error.labels_omitted = read_strings(keys.find("errorLabelsOmit"), "errorLabelsOmit", problems);
  return error;
}

UnifiedOperation read_unified_operation(const Value& value, Misfit& misfit, Problems& problems);

/// What is inside of arguments that are objects.
void read_inside(UnifiedOperation& operation, Misfit& misfit, Problems& problems) {
  if (const Value* entities = operation.arguments.find("entities")) {
    operation.entities = read_unified_entities(entities, misfit, problems);
  }
  if (const Value* inner = operation.arguments.find("operation")) {
    operation.on_thread.push_back(read_unified_operation(*inner, misfit, problems));
  }
  if (const Value* event = operation.arguments.find("event")) {
    read_unified_event(*event, misfit, problems);
  }
  if (const Value* fail_point = operation.arguments.find("failPoint");
      fail_point && fail_point->object()) {
    const auto parsed = serve::parse_fail_point(to_document(*fail_point, problems));
    if (!parsed) misfit.note("failPoint: " + parsed.error());
    if (parsed && !parsed->error_labels.empty()) {
      misfit.note("the label " + parsed->error_labels.front() +
                  " asks for attempts that are not made here");
    }
  }
  if (const Value* filter = operation.arguments.find("filter"); filter && filter->object()) {
    const auto failure = serve::check_filter(to_document(*filter, problems));
    if (failure) misfit.note(failure->message);
  }
}

/// What nobody would look at must not be there.
void read_expected_outcome(ObjectReader& keys, UnifiedOperation& operation, Misfit& misfit) {
  Problems& problems = keys.problems();
  const Value* const error = keys.find("expectError");
  const Value* const result = keys.find("expectResult");
  if (error && result) {
    problems.add(result->mark, "expectError and expectResult exclude each other");
  }
  for (const Value* const outcome : {error, result}) {
    if (outcome && (operation.object == "testRunner" || operation.name == "close")) {
      problems.add(outcome->mark, operation.name + " has no outcome to expect");
    }
  }
  if (error) operation.error = read_unified_error(*error, misfit, problems);
  if (result) {
    note_values(*result, misfit, problems);
    operation.result = *result;
  }
}

UnifiedOperation read_unified_operation(const Value& value, Misfit& misfit, Problems& problems) {
  constexpr std::array<std::string_view, 5> known{"name", "object", "arguments", "expectError",
                                                  "expectResult"};
  ObjectReader keys(value, "an operation", problems);
  misfit.note_unknown(value, known, "an operation");
  const Value* const name = keys.need("name");
  UnifiedOperation operation{
      .mark = value.mark,
      .name = read_string(name, "name", problems).value_or(""),
      .object = read_string(keys.need("object"), "object", problems).value_or(""),
      .arguments = Value(Value::Object())};
  if (const Value* arguments = keys.find("arguments")) operation.arguments = *arguments;
  const auto found =
      std::ranges::find(known_unified_operations, operation.name, &KnownUnifiedOperation::name);
  const bool is_runners = operation.object == "testRunner";
  if (found == known_unified_operations.end() || found->of.has_value() == is_runners) {
    misfit.note("there is no operation " + operation.name +
                (is_runners ? " of the test runner" : ""));
    return operation;
  }
  operation.of = found->of.value_or(operation.of);
  check_arguments(operation, *found, misfit, problems);
  note_values(operation.arguments, misfit, problems);
  read_inside(operation, misfit, problems);
  read_expected_outcome(keys, operation, misfit);
  return operation;
}

}  // namespace

std::vector<UnifiedOperation> read_unified_operations(const Value* value, Misfit& misfit,
                                                      Problems& problems) {
  std::vector<UnifiedOperation> operations;
  for (const Value& operation : read_list(value, "operations", problems)) {
    operations.push_back(read_unified_operation(operation, misfit, problems));
  }
  return operations;
}

}  // namespace cmap::spec_tests
