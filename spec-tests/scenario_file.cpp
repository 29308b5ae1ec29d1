// Top level of a cmap-format file, and telling it from files of other formats.
#include "spec-tests/scenario_file.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "spec-tests/readers.hpp"
#include "spec-tests/schedule.hpp"

namespace cmap::spec_tests {
namespace {

bool has_any(const Value& document, std::initializer_list<std::string_view> keys) {
  return std::ranges::any_of(keys,
                             [&](std::string_view key) { return document.find(key) != nullptr; });
}

/// Any file may have a version; 1, as a number, is that of the format.
bool has_our_version(const Value& document) {
  const Value* version = document.find("version");
  return version && version->integer() && *version->integer() == 1;
}

/// Only files that are clearly something else, or that share nothing with ours: a scenario with a
/// misspelt key must stay bad input.
std::optional<std::string> other_format(const Value& document) {
  if (has_any(document, {"operations", "poolOptions"})) return std::nullopt;
  if (has_any(document, {"schemaVersion"})) return "the unified test format";
  if (has_any(document, {"phases"})) return "server discovery and monitoring tests";
  if (has_any(document, {"tests"})) return "a list of tests of another specification";
  if (has_any(document, {"trace"})) return "an exact expectation";
  if (has_any(document, {"style", "events", "ignore", "x-cmap"})) return std::nullopt;
  if (has_our_version(document)) return std::nullopt;
  return "no key of the cmap-format";
}

class Reader {
 public:
  Reader(const Value& document, const std::string& path)
      : problems_(path), keys_(document, "the scenario", problems_) {
    file_.path = path;
    file_.scenario.name = scenario_name(path);
  }

  ScenarioResult read() {
    read_head();
    const Value* extension_value = keys_.find("x-cmap");
    std::optional<ObjectReader> extension;
    if (extension_value != nullptr) extension.emplace(*extension_value, "x-cmap", problems_);
    const auto extended = [&](std::string_view key) {
      return extension ? extension->find(key) : nullptr;
    };

    read_pool_options(keys_.find("poolOptions"), extended("pool"), file_.scenario, problems_);
    read_server(extended("server"), extended("establishments"), file_.scenario.server, problems_);
    if (const Value* fail_point = keys_.find("failPoint")) {
      file_.scenario.server.fail_points.push_back(read_fail_point(*fail_point, problems_));
    }
    read_operations(keys_.need("operations"), extended("listener"), file_, problems_);
    read_events(keys_.need("events"), keys_.find("ignore"), file_, problems_);
    file_.error = read_error(keys_.find("error"), ErrorKeys::specified, problems_);
    if (extension) read_extension(*extension);
    keys_.finish();
    return finish();
  }

 private:
  void read_head() {
    constexpr std::array<std::string_view, 2> styles{"unit", "integration"};
    const auto version = read_integer(keys_.need("version"), "version", problems_, 1, 1);
    file_.version = version.value_or(1);
    const auto style = read_word(keys_.need("style"), "style", styles, problems_);
    file_.style = style == 1U ? Style::integration : Style::unit;
    const Value* description = keys_.need("description");
    file_.description = read_string(description, "description", problems_).value_or("");
    file_.run_on = read_run_on(keys_.find("runOn"), problems_);
  }

  void read_extension(ObjectReader& extension) {
    file_.requirements = read_strings(extension.find("requirement"), "requirement", problems_);
    file_.catches = extension.string("catches").value_or("");
    constexpr std::array<std::string_view, 1> clocks{"virtual"};
    if (read_word(extension.find("clock"), "clock", clocks, problems_)) {
      file_.scenario.needs_virtual_clock = true;
    }
    const Value* timeout = extension.find("waitForEventTimeoutMS");
    if (const auto time =
            read_milliseconds(timeout, "waitForEventTimeoutMS", problems_, Fraction::allowed)) {
      file_.scenario.wait_for_event_timeout = *time;
    }
    if (const Value* threads = extension.find("threads")) read_threads(*threads);
    if (const Value* schedule = extension.find("schedule")) {
      file_.schedule = read_schedule(*schedule, problems_);
      file_.scenario.needs_virtual_clock = true;  // in real time nobody chooses
    }
    ExactExpectation exact = read_exact(extension, file_.path);
    if (exact.end || exact.trace) file_.exact = std::move(exact);
    extension.finish();
  }

  void read_threads(const Value& threads) {
    if (threads.object() == nullptr) {
      ObjectReader(threads, "x-cmap.threads", problems_).finish();
      return;
    }
    const auto& actors = file_.scenario.actors;
    for (const Member& member : *threads.object()) {
      const auto found = std::find(actors.begin() + 1, actors.end(), member.key);
      if (found == actors.end()) {
        problems_.add(member.mark, "the thread " + in_quotes(member.key) +
                                       " is never started; expected a thread of the scenario");
        continue;
      }
      ThreadExpectation expectation{.actor = static_cast<sim::ActorIndex>(found - actors.begin()),
                                    .mark = member.mark};
      if (!member.value.is_null()) {
        expectation.error = read_error(&member.value, ErrorKeys::extended, problems_);
      }
      file_.thread_ends.push_back(std::move(expectation));
    }
  }

  ScenarioResult finish() {
    if (!problems_.empty()) return {.problems = problems_.take()};
    if (!file_.exact) file_.exact = official_exact(file_.scenario.name, file_.description);
    return {.scenario = std::move(file_)};
  }

  Problems problems_;
  ScenarioFile file_;
  ObjectReader keys_;
};

}  // namespace

std::string scenario_name(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

ScenarioResult read_scenario(const Value& document, const std::string& path) {
  if (auto other = other_format(document)) return {.other_format = std::move(other)};
  return Reader(document, path).read();
}

ScenarioResult read_scenario_text(std::string_view text, Syntax syntax, const std::string& path) {
  Document document = read_text(text, syntax, path);
  if (!document.value) return {.problems = std::move(document.problems)};
  return read_scenario(*document.value, path);
}

ScenarioResult read_scenario_file(const std::filesystem::path& path) {
  Document document = read_file(path);
  if (!document.value) return {.problems = std::move(document.problems)};
  return read_scenario(*document.value, path.string());
}

}  // namespace cmap::spec_tests
