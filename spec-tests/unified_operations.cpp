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

struct KnownUnifiedOperation {
  std::string_view name;
  bool of_test_runner = true;
  std::array<KnownArgument, 3> arguments{};  ///< those with a name

  [[nodiscard]] bool takes(std::string_view argument) const {
    return std::ranges::any_of(arguments,
                               [&](const KnownArgument& each) { return each.name == argument; });
  }
};

constexpr std::array known_unified_operations{
    KnownUnifiedOperation{"failPoint", true, {{{"client"}, {"failPoint", Value::Kind::object}}}},
    KnownUnifiedOperation{"createEntities", true, {{{"entities", Value::Kind::array}}}},
    KnownUnifiedOperation{
        "waitForEvent",
        true,
        {{{"client"}, {"event", Value::Kind::object}, {"count", Value::Kind::integer}}}},
    KnownUnifiedOperation{
        "assertEventCount",
        true,
        {{{"client"}, {"event", Value::Kind::object}, {"count", Value::Kind::integer}}}},
    KnownUnifiedOperation{"runOnThread", true, {{{"thread"}, {"operation", Value::Kind::object}}}},
    KnownUnifiedOperation{"waitForThread", true, {{{"thread"}}}},
    KnownUnifiedOperation{"wait", true, {{{"ms", Value::Kind::integer}}}},
    KnownUnifiedOperation{"assertNumberConnectionsCheckedOut",
                          true,
                          {{{"client"}, {"connections", Value::Kind::integer}}}},
    KnownUnifiedOperation{"recordTopologyDescription", true, {{{"client"}, {"id"}}}},
    KnownUnifiedOperation{
        "assertTopologyType", true, {{{"topologyDescription"}, {"topologyType"}}}},
    KnownUnifiedOperation{"close", false, {}},
    KnownUnifiedOperation{"listDatabases", false, {{{"filter", Value::Kind::object, false}}}},
    KnownUnifiedOperation{
        "runCommand", false, {{{"command", Value::Kind::object}, {"commandName"}}}},
    KnownUnifiedOperation{"insertOne", false, {{{"document", Value::Kind::object}}}},
    KnownUnifiedOperation{
        "insertMany",
        false,
        {{{"documents", Value::Kind::array}, {"ordered", Value::Kind::boolean, false}}}},
    KnownUnifiedOperation{"find", false, {{{"filter", Value::Kind::object}}}},
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
  keys.boolean("isError");
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
    require_one_member(*event, "event", problems);
    note_operators(*event, misfit);
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
  const bool of_test_runner = operation.object == "testRunner";
  if (found == known_unified_operations.end() || found->of_test_runner != of_test_runner) {
    misfit.note("there is no operation " + operation.name +
                (of_test_runner ? " of the test runner" : ""));
    return operation;
  }
  check_arguments(operation, *found, misfit, problems);
  read_inside(operation, misfit, problems);
  if (const Value* error = keys.find("expectError")) {
    operation.error = read_unified_error(*error, misfit, problems);
  }
  if (const Value* result = keys.find("expectResult")) {
    note_operators(*result, misfit);
    operation.result = *result;
  }
  return operation;
}

}  // namespace

std::vector<UnifiedOperation> read_unified_operations(const Value* value, Misfit& misfit,
                                                      Problems& problems) {
  return read_each(value, "operations", misfit, problems, read_unified_operation);
}

}  // namespace cmap::spec_tests
