// Makes the messages from the events of the runs, with their virtual times.
#include "tools/cmap/log_output.hpp"

#include "spec-tests/problem.hpp"
#include "tools/cmap/json_text.hpp"

namespace cmap::tools {

std::string log_text(std::string_view scenario, sim::VirtualTime time, const LogMessage& message) {
  return spec_tests::printable(std::string(scenario) + " @" + sim::milliseconds_text(time) + ' ' +
                               text_of(message));
}

namespace {

std::string with_message(JsonObject& json, Duration time, const LogMessage& message) {
  json.add_milliseconds("timeMS", time)
      .add("level", level_name(message.level))
      .add("component", component_name(message.component))
      .add("message", message.message);
  for (const LogField& field : message.fields) {
    std::visit([&](const auto& value) { json.add(field.key, value); }, field.value);
  }
  return json.text();
}

}  // namespace

std::string log_json(std::string_view scenario, sim::VirtualTime time, const LogMessage& message) {
  return with_message(JsonObject().add("scenario", scenario), time, message);
}

std::string log_json(Duration time, const LogMessage& message) {
  JsonObject json;
  return with_message(json, time, message);
}

void LogOutput::add(const Played& played) {
  const bool as_json = options_.log == LogForm::json;
  const bool to_error = options_.json || options_.events == "-";
  for (const sim::TracedEvent& event : played.result.trace.events) {
    const LogMessage message = log_message(event.event, played.file.scenario.options);
    const std::string line = (as_json ? log_json(played.file.scenario.name, event.time, message)
                                      : log_text(played.file.scenario.name, event.time, message)) +
                             '\n';
    if (to_error) {
      console_.warn(line);
    } else {
      console_.out().write(line);
    }
  }
}

}  // namespace cmap::tools
