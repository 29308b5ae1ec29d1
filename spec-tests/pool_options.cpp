// poolOptions: types are checked here, ranges by cmap::validate, as for every user of a pool.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "pool/api/options.hpp"
#include "spec-tests/readers.hpp"

namespace cmap::spec_tests {
namespace {

using std::chrono::milliseconds;

/// Any integer: whether it is in range is for `validate` to say.
std::optional<std::int64_t> any_integer(const Value* value, std::string_view what,
                                        Problems& problems) {
  return read_integer(value, what, problems, std::numeric_limits<std::int64_t>::min(),
                      std::numeric_limits<std::int64_t>::max());
}

/// A number of milliseconds that is out of range stays so, but within what a Duration can hold.
std::optional<Duration> any_milliseconds(const Value* value, std::string_view what,
                                         Problems& problems) {
  const auto number = any_integer(value, what, problems);
  if (!number) return std::nullopt;
  return milliseconds(std::clamp(*number, -max_number - 1, max_number + 1));
}

/// The same with a fraction: a time that only the extension can say.
std::optional<Duration> any_duration(const Value* value, std::string_view what,
                                     Problems& problems) {
  if (value == nullptr || value->real() == nullptr) return any_milliseconds(value, what, problems);
  Value magnitude(std::abs(*value->real()));
  magnitude.mark = value->mark;
  const auto duration = read_milliseconds(&magnitude, what, problems, Fraction::allowed);
  if (!duration) return std::nullopt;
  return *value->real() < 0 ? -*duration : *duration;
}

/// x-cmap.pool: what only it can say, and times that are no whole milliseconds.
void read_extension(const Value& extension, PoolOptions& result, Problems& problems) {
  ObjectReader keys(extension, "x-cmap.pool", problems);
  const auto time = [&](std::string_view key, std::optional<Duration>& option) {
    if (const auto duration = any_duration(keys.find(key), key, problems)) option = duration;
  };
  result.load_balanced = keys.boolean("loadBalanced").value_or(false);
  time("connectTimeoutMS", result.establishment_timeout);
  time("socketTimeoutMS", result.handshake_timeout);
  time("maxIdleTimeMS", result.max_idle_time);
  time("waitQueueTimeoutMS", result.wait_queue_timeout);
  time("backgroundThreadIntervalMS", result.background_interval);
  keys.finish();
}

const Value* where(std::string_view option, const Value* options, const Value* extension) {
  const Value* value = extension != nullptr ? extension->find(option) : nullptr;
  if (value == nullptr && options != nullptr) value = options->find(option);
  return value;
}

/// The message of `error` with the value as the file spells it.
std::string message_for(OptionError error, const Value& value) {
  const bool is_time = error.value.ends_with(" ms");
  error.value = to_text(value) + (is_time ? " ms" : "");
  return error.message();
}

}  // namespace

void read_pool_options(const Value* options, const Value* extension, sim::Scenario& scenario,
                       Problems& problems) {
  PoolOptions& result = scenario.options;
  if (options != nullptr) {
    ObjectReader keys(*options, "poolOptions", problems);
    const auto integer = [&](std::string_view key) {
      return any_integer(keys.find(key), key, problems);
    };
    const auto time = [&](std::string_view key) {
      return any_milliseconds(keys.find(key), key, problems);
    };
    result.max_pool_size = integer("maxPoolSize");
    result.min_pool_size = integer("minPoolSize");
    result.max_idle_time = time("maxIdleTimeMS");
    result.max_connecting = integer("maxConnecting");
    result.wait_queue_timeout = time("waitQueueTimeoutMS");
    result.background_interval = time("backgroundThreadIntervalMS");
    scenario.server.app_name = keys.string("appName");
    keys.finish();
  }
  if (extension != nullptr) read_extension(*extension, result, problems);
  for (OptionError& error : validate(result)) {
    const Value* value = where(error.option, options, extension);
    if (value == nullptr) {
      problems.add({}, error.message());
    } else {
      problems.add(value->mark, message_for(std::move(error), *value));
    }
  }
}

}  // namespace cmap::spec_tests
