// Puts a file together, key by key in the order in which people write them.
#include "spec-tests/write_scenario.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "spec-tests/match.hpp"
#include "spec-tests/normal_form.hpp"
#include "spec-tests/object_reader.hpp"
#include "spec-tests/schedule.hpp"
#include "spec-tests/writers.hpp"
#include "spec-tests/yaml_text.hpp"

namespace cmap::spec_tests {
namespace {

/// An error may come, whatever it is.
const Value& any_error() {
  static const Value value("any");
  return value;
}

/// Without what differs from driver to driver: times, the address, and whether a clear says that it
/// does not interrupt.
Value listed_event(const Event& event) {
  Keys keys;
  const Value all = event_value(event);
  for (const std::string_view key : {"type", "connectionId", "reason", "serviceId"}) {
    if (const Value* value = all.find(key)) keys.add(key, *value);
  }
  const Value* interrupts = all.find("interruptInUseConnections");
  keys.add_flag("interruptInUseConnections",
                interrupts && interrupts->boolean() && *interrupts->boolean());
  return std::move(keys).value();
}

std::string version_text(const sim::ServerVersion& version) {
  std::string text;
  for (const std::int64_t part : version) text += (text.empty() ? "" : ".") + std::to_string(part);
  return text;
}

Keys write_run_on(const RunOn& run_on) {
  Keys keys;
  if (run_on.min_version) keys.add_text("minServerVersion", version_text(*run_on.min_version));
  if (run_on.max_version) keys.add_text("maxServerVersion", version_text(*run_on.max_version));
  std::vector<std::string> topologies;
  for (const sim::Topology topology : run_on.topologies) {
    topologies.emplace_back(sim::topology_name(topology));
  }
  keys.add_texts("topology", topologies);
  return keys;
}

/// Keys of x-cmap that only watch a run, or only mark a file.
bool only_watches(const Member& member) {
  constexpr std::array<std::string_view, 6> watching{"requirement", "catches", "clock",
                                                     "threads",     "trace",   "endMS"};
  if (std::ranges::find(watching, member.key) != watching.end()) return true;
  // A peer that does all of it well and at once is any peer.
  return member.key == "establishments" &&
         std::ranges::all_of(*member.value.array(),
                             [](const Value& script) { return script.object()->empty(); });
}

class Writer {
 public:
  /// `file` is in normal form.
  Writer(const ScenarioFile& file, const WriteOptions& options)
      : file_(file), scenario_(file.scenario), options_(options) {}

  Written write() {
    add_head();
    Keys pool;
    root_.add_object("poolOptions", write_pool_options(scenario_, pool));
    add_operations();
    add_expectations();
    add_what_it_is_about();
    extension_.add_object("pool", std::move(pool));
    add_course();
    add_exact();
    if (options_.portable) {
      if (const auto thing = beyond_format()) {
        return {.reason = "only the extension x-cmap can say " + *thing};
      }
    } else {
      root_.add_object("x-cmap", std::move(extension_));
    }
    return checked(yaml_text(root_.object()));
  }

 private:
  void add_head() {
    root_.add_number("version", file_.version);
    root_.add_text("style", file_.style == Style::unit ? "unit" : "integration");
    root_.add_text("description", file_.description);
    Value::Array run_on;
    for (const RunOn& each : file_.run_on) run_on.push_back(write_run_on(each).value());
    root_.add_list("runOn", std::move(run_on));
    for (const sim::FailPoint& fail_point : scenario_.server.fail_points) {
      root_.add_object("failPoint", write_fail_point(fail_point));
    }
  }

  void add_operations() {
    Value::Array operations;
    for (std::uint32_t i = 0; i < scenario_.operations.size(); ++i) {
      const Keys keys = write_operation(scenario_, scenario_.operations[i], error_of(i));
      operations.emplace_back(keys.object());
    }
    root_.add("operations", Value(std::move(operations)));
  }

  /// What stands in the x-cmap of an operation; null: nothing does.
  [[nodiscard]] const Value* error_of(std::uint32_t operation) const {
    const auto& stated = file_.operation_errors;
    const auto found = std::ranges::find(stated, operation, &OperationExpectation::operation);
    if (found != stated.end()) return &found->error;
    if (!scenario_.operations[operation].error_expected) return nullptr;
    const bool came = !options_.expected || options_.expected->operation_errors.at(operation);
    return came || !options_.portable ? &any_error() : nullptr;
  }

  void add_expectations() {
    if (const auto error = main_error()) root_.add("error", *error);
    root_.add("events", Value(events()));
    std::vector<std::string> ignored;
    for (std::size_t i = 0; i < event_type_count; ++i) {
      const auto type = static_cast<EventType>(i);
      if (file_.ignores(type)) ignored.emplace_back(event_name(type));
    }
    root_.add_texts("ignore", ignored);
  }

  /// Messages differ from driver to driver.
  [[nodiscard]] std::optional<Value> main_error() const {
    if (!options_.expected) return file_.error;
    const ErrorPtr error = options_.expected->actor_errors.at(sim::main_actor);
    if (!error) return std::nullopt;
    Keys keys;
    keys.add_text("type", type_name(error->type));
    return std::move(keys).value();
  }

  [[nodiscard]] Value::Array events() const {
    if (!options_.expected) return file_.events;
    Value::Array events;
    for (const sim::TracedEvent& event : options_.expected->events) {
      if (!file_.ignores(event.event.type())) events.push_back(listed_event(event.event));
    }
    return events;
  }

  void add_what_it_is_about() {
    extension_.add_texts("requirement", file_.requirements);
    extension_.add_text("catches", file_.catches);
    if (scenario_.needs_virtual_clock && !implies_virtual_clock()) {
      extension_.add_text("clock", "virtual");
    }
  }

  [[nodiscard]] bool implies_virtual_clock() const {
    const auto has_duration = [](const Value& event) {
      const Value* duration = event.find("duration");
      return duration && !is_placeholder(*duration);
    };
    return file_.schedule ||
           (!options_.expected && std::ranges::any_of(file_.events, has_duration));
  }

  /// What the peer and the listener do, who gives up when, and what happens next.
  void add_course() {
    extension_.add_object("server", write_server(scenario_.server));
    Value::Array list;
    for (const sim::EstablishmentScript& script : scenario_.server.establishments) {
      list.push_back(write_establishment(script).value());
    }
    extension_.add_list("establishments", std::exchange(list, {}));
    for (const sim::ListenerAction& action : scenario_.listener_actions) {
      list.push_back(write_listener_action(scenario_, action).value());
    }
    extension_.add_list("listener", std::move(list));
    if (scenario_.wait_for_event_timeout != sim::Scenario{}.wait_for_event_timeout) {
      extension_.add_time("waitForEventTimeoutMS", scenario_.wait_for_event_timeout);
    }
    add_schedule();
  }

  /// An empty one, too: it is not the same as none.
  void add_schedule() {
    if (!file_.schedule) return;
    Value::Array choices;
    for (const sim::RecordedChoice& choice : *file_.schedule) {
      choices.emplace_back(choice_text(choice));
    }
    extension_.add("schedule", Value(std::move(choices)));
  }

  void add_exact() {
    Keys threads;
    for (const ThreadExpectation& expectation : file_.thread_ends) {
      threads.add(scenario_.actors[expectation.actor], expectation.error.value_or(Value()));
    }
    extension_.add_object("threads", std::move(threads));
    std::vector<std::string> trace;
    if (options_.expected) {
      for (const sim::TracedEvent& event : options_.expected->events) {
        trace.push_back(trace_line(event));
      }
    } else if (has_own_exact() && file_.exact->trace) {
      for (const TraceLine& line : *file_.exact->trace) trace.push_back(line.text);
    }
    extension_.add_texts("trace", trace);
    if (options_.expected) {
      extension_.add_time("endMS", options_.expected->end);
    } else if (has_own_exact() && file_.exact->end) {
      extension_.add_time("endMS", *file_.exact->end);
    }
  }

  /// That of an official file comes by itself.
  [[nodiscard]] bool has_own_exact() const {
    return file_.exact && file_.exact->file == file_.path;
  }

  /// Names what only the extension can say; nothing: there is no such thing.
  [[nodiscard]] std::optional<std::string> beyond_format() const {
    const auto& operations = scenario_.operations;
    for (std::uint32_t i = 0; i < operations.size(); ++i) {
      const Keys keys = write_operation(scenario_, operations[i], error_of(i));
      if (!std::ranges::count(keys.object(), "x-cmap", &Member::key)) continue;
      return "what operation " + std::to_string(i + 1) + " does, " +
             std::string(sim::operation_name(operations[i].body));
    }
    for (const Member& member : extension_.object()) {
      if (!only_watches(member)) return "its " + member.key;
    }
    return std::nullopt;
  }

  [[nodiscard]] Written checked(std::string text) const {
    ScenarioResult result = read_scenario_text(text, Syntax::yaml, file_.path);
    std::string reason;
    for (const Problem& problem : result.problems) {
      reason += (reason.empty() ? "" : "\n") + problem.text();
    }
    if (result.scenario && !options_.portable) {
      result.scenario->scenario.name = scenario_.name;
      if (result.scenario->scenario != scenario_) reason = "a file cannot say all of it";
    }
    return reason.empty() ? Written{.text = std::move(text)} : Written{.reason = std::move(reason)};
  }

  const ScenarioFile& file_;
  const sim::Scenario& scenario_;
  const WriteOptions& options_;
  Keys root_;
  Keys extension_;
};

}  // namespace

Written write_scenario(const ScenarioFile& file, const WriteOptions& options) {
  const ScenarioFile normal = normal_form(file);
  return Writer(normal, options).write();
}

}  // namespace cmap::spec_tests
