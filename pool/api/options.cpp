// Defaults and ranges of the pool options, each stated once.
#include "pool/api/options.hpp"

#include <limits>
#include <utility>

namespace cmap {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t max_number = std::numeric_limits<std::int32_t>::max();
constexpr Duration max_duration = milliseconds(max_number);

std::string milliseconds_text(Duration value) {
  const auto whole = std::chrono::duration_cast<milliseconds>(value);
  if (whole == value) return std::to_string(whole.count()) + " ms";
  return std::to_string(value.count()) + " ns";
}

std::string number_range(std::int64_t from, std::string_view zero_means) {
  std::string text =
      "an integer from " + std::to_string(from) + " to " + std::to_string(max_number);
  if (!zero_means.empty()) text += " (0 = " + std::string(zero_means) + ")";
  return text;
}

std::string duration_range(std::string_view zero_means) {
  return "a duration from 0 to " + std::to_string(max_number) +
         " ms (0 = " + std::string(zero_means) + ")";
}

class Validator {
 public:
  void check(std::string_view option, const std::optional<std::int64_t>& value, std::int64_t from,
             std::string_view zero_means) {
    if (!value || (*value >= from && *value <= max_number)) return;
    errors_.push_back({option, std::to_string(*value), number_range(from, zero_means)});
  }

  void check(std::string_view option, const std::optional<Duration>& value,
             std::string_view zero_means) {
    if (!value || (*value >= Duration::zero() && *value <= max_duration)) return;
    errors_.push_back({option, milliseconds_text(*value), duration_range(zero_means)});
  }

  void add(OptionError error) { errors_.push_back(std::move(error)); }

  std::vector<OptionError> take() { return std::move(errors_); }

 private:
  std::vector<OptionError> errors_;
};

std::string joined(const std::vector<OptionError>& errors) {
  std::string text;
  for (const OptionError& error : errors) {
    if (!text.empty()) text += "; ";
    text += error.message();
  }
  return text;
}

template <typename T>
void drop_default(std::optional<T>& field, const T& default_value) {
  if (field == default_value) field.reset();
}

}  // namespace

ResolvedPoolOptions resolve(const PoolOptions& options) {
  const ResolvedPoolOptions defaults;
  return {
      .max_pool_size = options.max_pool_size.value_or(defaults.max_pool_size),
      .min_pool_size = options.min_pool_size.value_or(defaults.min_pool_size),
      .max_idle_time = options.max_idle_time.value_or(defaults.max_idle_time),
      .max_connecting = options.max_connecting.value_or(defaults.max_connecting),
      .wait_queue_timeout = options.wait_queue_timeout.value_or(defaults.wait_queue_timeout),
      .background_interval = options.background_interval.value_or(defaults.background_interval),
      .establishment_timeout =
          options.establishment_timeout.value_or(defaults.establishment_timeout),
      .handshake_timeout = options.handshake_timeout,
      .load_balanced = options.load_balanced,
  };
}

PoolOptions non_default(const PoolOptions& options) {
  const ResolvedPoolOptions defaults;
  PoolOptions result = options;
  drop_default(result.max_pool_size, defaults.max_pool_size);
  drop_default(result.min_pool_size, defaults.min_pool_size);
  drop_default(result.max_idle_time, defaults.max_idle_time);
  drop_default(result.max_connecting, defaults.max_connecting);
  drop_default(result.wait_queue_timeout, defaults.wait_queue_timeout);
  return result;
}

std::string OptionError::message() const {
  return std::string(option) + " must be " + expected + ", but is " + value;
}

std::vector<OptionError> validate(const PoolOptions& options) {
  Validator validator;
  validator.check("maxPoolSize", options.max_pool_size, 0, "unlimited");
  validator.check("minPoolSize", options.min_pool_size, 0, {});
  validator.check("maxIdleTimeMS", options.max_idle_time, "never idle");
  validator.check("maxConnecting", options.max_connecting, 1, {});
  validator.check("waitQueueTimeoutMS", options.wait_queue_timeout, "no limit");
  if (options.background_interval == Duration::zero()) {
    validator.add(
        {"backgroundThreadIntervalMS", "0 ms", "more than 0 ms, or negative to never begin a Run"});
  } else if (options.background_interval && *options.background_interval > max_duration) {
    validator.add({"backgroundThreadIntervalMS", milliseconds_text(*options.background_interval),
                   "at most " + std::to_string(max_number) + " ms"});
  }
  validator.check("connectTimeoutMS", options.establishment_timeout, "no limit");
  validator.check("socketTimeoutMS", options.handshake_timeout, "no limit");

  const ResolvedPoolOptions resolved = resolve(options);
  const bool bounded = resolved.max_pool_size > 0;
  if (bounded && resolved.min_pool_size > resolved.max_pool_size) {
    validator.add({"minPoolSize", std::to_string(resolved.min_pool_size),
                   "at most maxPoolSize (" + std::to_string(resolved.max_pool_size) + ")"});
  }
  return validator.take();
}

InvalidOptions::InvalidOptions(std::vector<OptionError> errors)
    : std::invalid_argument(joined(errors)), errors_(std::move(errors)) {}

void require_valid(const PoolOptions& options) {
  if (auto errors = validate(options); !errors.empty()) throw InvalidOptions(std::move(errors));
}

}  // namespace cmap
