// failPoint: the configureFailPoint command as the files write it.
#include <array>

#include "spec-tests/readers.hpp"

namespace cmap::spec_tests {
namespace {

/// What a pool sends by itself. A fail point on anything else would never be hit.
constexpr std::array<std::string_view, 7> commands{
    "hello", "isMaster", "ismaster", "saslStart", "saslContinue", "authenticate", "ping"};

void read_mode(const Value* mode, sim::FailPoint& result, Problems& problems) {
  if (mode == nullptr) return;
  if (mode->object() == nullptr) {
    constexpr std::array<std::string_view, 2> words{"off", "alwaysOn"};
    if (mode->text() == nullptr) {
      problems.add(
          mode->mark,
          "mode must be \"alwaysOn\", \"off\", {times: n} or {skip: n}, but is " + to_text(*mode));
    } else if (const auto word = read_word(mode, "mode", words, problems)) {
      result.mode = *word == 0 ? sim::FailPoint::Mode::off : sim::FailPoint::Mode::always_on;
    }
    return;
  }
  ObjectReader keys(*mode, "mode", problems);
  const Value* times = keys.find("times");
  const Value* skip = keys.find("skip");
  keys.finish();
  if ((times == nullptr) == (skip == nullptr)) {
    problems.add(mode->mark, "mode must have one of the keys \"times\" and \"skip\"");
    return;
  }
  result.mode = times != nullptr ? sim::FailPoint::Mode::times : sim::FailPoint::Mode::skip;
  const Value* count = times != nullptr ? times : skip;
  const std::string_view name = times != nullptr ? "times" : "skip";
  result.count = read_integer(count, name, problems).value_or(0);
}

void read_commands(const Value* value, sim::FailPoint& result, Problems& problems) {
  for (const Value& element : read_list(value, "failCommands", problems)) {
    if (const auto word = read_word(&element, "the command", commands, problems)) {
      result.fail_commands.emplace_back(commands[*word]);
    }
  }
  if (value != nullptr && value->array() != nullptr && value->array()->empty()) {
    problems.add(value->mark, "failCommands must name at least one command");
  }
}

void read_data(const Value& data, Fraction fraction, sim::FailPoint& result, Problems& problems) {
  ObjectReader keys(data, "data", problems);
  read_commands(keys.need("failCommands"), result, problems);
  result.close_connection = keys.boolean("closeConnection").value_or(false);
  result.block_connection = keys.boolean("blockConnection").value_or(false);
  const Value* time = keys.find("blockTimeMS");
  result.block_time =
      read_milliseconds(time, "blockTimeMS", problems, fraction).value_or(Duration{});
  const Value* code = keys.find("errorCode");
  result.error_code =
      static_cast<std::int32_t>(read_integer(code, "errorCode", problems, 1).value_or(0));
  result.error_labels = read_strings(keys.find("errorLabels"), "errorLabels", problems);
  result.app_name = keys.string("appName");
  keys.finish();
  if (result.block_connection && time == nullptr) {
    problems.add(data.mark, "blockConnection needs the key \"blockTimeMS\"");
  }
}

}  // namespace

sim::FailPoint read_fail_point(const Value& value, Problems& problems, Fraction fraction) {
  sim::FailPoint result;
  ObjectReader keys(value, "failPoint", problems);
  constexpr std::array<std::string_view, 1> known{"failCommand"};
  read_word(keys.need("configureFailPoint"), "configureFailPoint", known, problems);
  read_mode(keys.need("mode"), result, problems);
  const bool off = result.mode == sim::FailPoint::Mode::off;
  const Value* data = off ? keys.find("data") : keys.need("data");
  if (data != nullptr) read_data(*data, fraction, result, problems);
  keys.finish();
  return result;
}

}  // namespace cmap::spec_tests
