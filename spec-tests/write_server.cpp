// poolOptions, failPoint, and what the peer does.
#include <array>
#include <chrono>

#include "spec-tests/writers.hpp"

namespace cmap::spec_tests {
namespace {

void add_option(std::string_view key, const std::optional<Duration>& time, Keys& standard,
                Keys& extension) {
  if (time) (is_whole_milliseconds(*time) ? standard : extension).add_time(key, *time);
}

void add_time_unless_zero(std::string_view key, Duration time, Keys& keys) {
  if (time != Duration::zero()) keys.add_time(key, time);
}

void add_code(std::int32_t code, Keys& keys) {
  if (code != 0) keys.add("errorCode", Value(std::int64_t{code}));
}

Value mode_of(const sim::FailPoint& fail_point) {
  using Mode = sim::FailPoint::Mode;
  Keys keys;
  switch (fail_point.mode) {
    case Mode::off:
      return Value("off");
    case Mode::always_on:
      return Value("alwaysOn");
    case Mode::times:
      keys.add_number("times", fail_point.count);
      break;
    case Mode::skip:
      keys.add_number("skip", fail_point.count);
      break;
  }
  return std::move(keys).value();
}

Keys write_phase(const sim::PhaseScript& script) {
  Keys keys;
  add_time_unless_zero("delayMS", script.delay, keys);
  if (script.fault != NetworkFault::none) keys.add_text("fault", fault_name(script.fault));
  add_code(script.error_code, keys);
  keys.add_flag("refused", script.refused_credentials);
  keys.add_flag("hang", script.hang);
  keys.add_flag("garbage", script.garbage);
  return keys;
}

std::string_view inline_name(sim::EstablishmentScript::Inline answer) {
  using Inline = sim::EstablishmentScript::Inline;
  switch (answer) {
    case Inline::no:
      return {};
    case Inline::throws:
      return "throws";
    case Inline::fails:
      return "fails";
    case Inline::succeeds:
      return "succeeds";
  }
  return {};
}

}  // namespace

bool is_whole_milliseconds(Duration time) {
  return time % std::chrono::milliseconds(1) == Duration{};
}

void Keys::add_time(std::string_view key, Duration time) {
  constexpr double ns_per_ms = 1e6;
  if (is_whole_milliseconds(time)) {
    add(key, Value(std::int64_t{time / std::chrono::milliseconds(1)}));
  } else {
    add(key, Value(static_cast<double>(time.count()) / ns_per_ms));
  }
}

void Keys::add_texts(std::string_view key, const std::vector<std::string>& texts) {
  Value::Array list;
  for (const std::string& text : texts) list.emplace_back(text);
  add_list(key, std::move(list));
}

Keys write_pool_options(const sim::Scenario& scenario, Keys& extension) {
  const PoolOptions& options = scenario.options;
  Keys keys;
  keys.add_number("maxPoolSize", options.max_pool_size);
  keys.add_number("minPoolSize", options.min_pool_size);
  keys.add_number("maxConnecting", options.max_connecting);
  add_option("maxIdleTimeMS", options.max_idle_time, keys, extension);
  add_option("waitQueueTimeoutMS", options.wait_queue_timeout, keys, extension);
  add_option("backgroundThreadIntervalMS", options.background_interval, keys, extension);
  keys.add_text("appName", scenario.server.app_name.value_or(""));
  extension.add_flag("loadBalanced", options.load_balanced);
  add_option("connectTimeoutMS", options.establishment_timeout, extension, extension);
  add_option("socketTimeoutMS", options.handshake_timeout, extension, extension);
  return keys;
}

Keys write_fail_point(const sim::FailPoint& fail_point) {
  Keys data;
  data.add_texts("failCommands", fail_point.fail_commands);
  data.add_flag("closeConnection", fail_point.close_connection);
  data.add_flag("blockConnection", fail_point.block_connection);
  const bool has_time = fail_point.block_connection || fail_point.block_time != Duration::zero();
  if (has_time) data.add_time("blockTimeMS", fail_point.block_time);
  add_code(fail_point.error_code, data);
  data.add_texts("errorLabels", fail_point.error_labels);
  data.add_text("appName", fail_point.app_name.value_or(""));
  Keys keys;
  keys.add_text("configureFailPoint", "failCommand");
  keys.add("mode", mode_of(fail_point));
  keys.add_object("data", std::move(data));
  return keys;
}

Keys write_server(const sim::ServerSetup& setup) {
  Keys keys;
  keys.add_flag("tls", setup.tls);
  keys.add_flag("authentication", setup.authentication);
  return keys;
}

Keys write_establishment(const sim::EstablishmentScript& script) {
  Keys keys;
  for (const sim::PhaseScript& phase : script.phases) {
    keys.add(phase_name(phase.phase), write_phase(phase).value());
  }
  if (script.service_id) keys.add_text("serviceId", script.service_id->to_hex());
  keys.add_text("inline", inline_name(script.answer_inline));
  keys.add_flag("ignoresClose", script.ignores_close);
  add_time_unless_zero("teardownMS", script.teardown, keys);
  return keys;
}

}  // namespace cmap::spec_tests
