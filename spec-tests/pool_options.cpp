// poolOptions: types are checked here, ranges by cmap::validate, as for every user of a pool.
#include <algorithm>
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

const Value* where(std::string_view option, const Value* options, const Value* extension) {
  const Value* value = options != nullptr ? options->find(option) : nullptr;
  if (value == nullptr && extension != nullptr) value = extension->find(option);
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
  if (extension != nullptr) {
    ObjectReader keys(*extension, "x-cmap.pool", problems);
    result.load_balanced = keys.boolean("loadBalanced").value_or(false);
    const Value* timeout = keys.find("connectTimeoutMS");
    result.establishment_timeout = any_milliseconds(timeout, "connectTimeoutMS", problems);
    keys.finish();
  }
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
