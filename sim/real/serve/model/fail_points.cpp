// The failCommand fail point.
#include "sim/real/serve/model/fail_points.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "sim/real/serve/model/replies.hpp"

namespace cmap::serve {
namespace {

using wire::Failure;

Failure failure(std::string_view what, std::string_view name, std::string_view expected = {}) {
  std::string message(what);
  message += ' ';
  message += name;
  if (!expected.empty()) message += ": expected ";
  message += expected;
  return {message};
}

wire::Result<sim::FailPoint> parse_mode(const std::optional<wire::ElementView>& mode) {
  constexpr std::string_view expected = "off, alwaysOn, {times: N} or {skip: N}";
  using Mode = sim::FailPoint::Mode;
  sim::FailPoint point;
  if (mode && mode->as_string() == "off") return point;
  if (mode && mode->as_string() == "alwaysOn") {
    point.mode = Mode::always_on;
    return point;
  }
  const auto document = mode ? mode->as_document() : std::nullopt;
  if (!document || document->empty()) return failure("configureFailPoint", "mode", expected);
  const wire::ElementView only = *document->begin();
  const auto count = only.as_whole_number();
  if (!count || *count < 0 || (only.key() != "times" && only.key() != "skip")) {
    return failure("configureFailPoint", "mode", expected);
  }
  point.mode = only.key() == "times" ? Mode::times : Mode::skip;
  point.count = *count;
  return point;
}

std::optional<std::vector<std::string>> texts(const wire::ElementView& element) {
  const auto array = element.as_array();
  if (!array) return std::nullopt;
  std::vector<std::string> result;
  for (const wire::ElementView& item : *array) {
    const auto text = item.as_string();
    if (!text) return std::nullopt;
    result.emplace_back(*text);
  }
  return result;
}

/// Takes what is there; false: of another type.
template <typename Target, typename Value>
bool take(Target& target, const std::optional<Value>& value) {
  if (value) target = Target(*value);
  return value.has_value();
}

/// One field of `data`.
std::optional<Failure> take_field(sim::FailPoint& point, const wire::ElementView& field) {
  const std::string_view name = field.key();
  bool good = true;
  if (name == "failCommands") {
    good = take(point.fail_commands, texts(field));
  } else if (name == "closeConnection") {
    good = take(point.close_connection, field.as_flag());
  } else if (name == "blockConnection") {
    good = take(point.block_connection, field.as_flag());
  } else if (name == "blockTimeMS") {
    const auto milliseconds = field.as_whole_number();
    constexpr std::int64_t a_day = 86'400'000;
    good = milliseconds && *milliseconds >= 0 && *milliseconds <= a_day;
    if (good) point.block_time = std::chrono::milliseconds(*milliseconds);
  } else if (name == "errorCode") {
    const auto code = field.as_whole_number();
    good = code && std::in_range<std::int32_t>(*code);
    if (good) point.error_code = static_cast<std::int32_t>(*code);
  } else if (name == "errorLabels") {
    good = take(point.error_labels, texts(field));
  } else if (name == "appName") {
    std::string app_name;
    good = take(app_name, field.as_string());
    point.app_name = std::move(app_name);
  } else {
    return failure("this server does not know the field", name);
  }
  if (good) return std::nullopt;
  return failure("wrong value of", name);
}

}  // namespace

wire::Result<sim::FailPoint> parse_fail_point(wire::DocumentView command) {
  const auto name = command.find_string("configureFailPoint");
  if (name != "failCommand") return failure("there is no such fail point:", name.value_or(""));
  wire::Result<sim::FailPoint> point = parse_mode(command.find("mode"));
  if (!point || point->mode == sim::FailPoint::Mode::off) return point;
  const auto data = command.find_document("data");
  if (!data) return failure("configureFailPoint", "data", "a document");
  for (const wire::ElementView& field : *data) {
    if (const auto wrong = take_field(*point, field)) return *wrong;
  }
  return point;
}

void FailPoints::set(sim::FailPoint fail_point, ErrorVersion version) {
  version_ = version;
  labels_ = fail_point.error_labels;
  server_.set(std::move(fail_point));
}

std::optional<FailPoints::Hit> FailPoints::strike(std::string_view command,
                                                  const std::optional<std::string>& app_name) {
  const auto struck = server_.strike(std::array{command}, app_name);
  if (!struck) return std::nullopt;
  ++count_;
  Hit hit{.close_connection = struck->close_connection,
          .block_time = struck->block_time,
          .version = version_};
  if (struck->error_code != 0) {
    hit.error =
        error_reply(struck->error_code, "Failing command via 'failCommand' failpoint", labels_);
  }
  return hit;
}

}  // namespace cmap::serve
