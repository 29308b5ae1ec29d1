// The options of a pool (A.1): what a user may set, what holds when nothing is set, what is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pool/api/time.hpp"

namespace cmap {

/// What the user set; an empty field means "not set, use the default". Events show the fields that
/// differ from the default, log messages those that were set (A.9, A.11).
///
/// Plain values: nothing is checked before `validate`. Durations have a granularity of 1 ns but
/// are named in milliseconds in events and URIs, as the specification does.
struct PoolOptions {
  /// Limit of pending + available + in-use connections; 0 = unlimited. Default 100 (A-OPT-1).
  std::optional<std::int64_t> max_pool_size;
  /// The pool is populated up to this total while it is ready. Default 0 (A-OPT-2).
  std::optional<std::int64_t> min_pool_size;
  /// An available connection is idle when it was unused for longer; 0 = never. Default 0 (A-OPT-4).
  std::optional<Duration> max_idle_time;
  /// Limit of connections being established at the same time. Default 2 (A-OPT-5).
  std::optional<std::int64_t> max_connecting;
  /// Bounds waiting for a connection or a permit, not establishing; 0 = no limit. Default 0
  /// (A-OPT-6). Without effect on a check-out that has a deadline of its own (D-CSOT-1).
  std::optional<Duration> wait_queue_timeout;

  // The fields below are no CMAP options: no event and no log message shows them.

  /// From one background Run to the next; negative = never begin a Run. 0 is forbidden. Default
  /// 100 ms (R8, R15).
  std::optional<Duration> background_interval;
  /// Bounds one establishment from its creation (connectTimeoutMS); 0 = no limit. Default 0.
  std::optional<Duration> establishment_timeout;
  /// Bounds each command of the handshake by itself (socketTimeoutMS; D-CSOT-2, D-CSOT-3);
  /// establishment_timeout then ends where the first of them begins. 0 = no limit. Default: not
  /// set, establishment_timeout bounds all of it.
  std::optional<Duration> handshake_timeout;
  /// The endpoint is a load balancer: generations are kept by service (A.7). Default false.
  bool load_balanced = false;

  bool operator==(const PoolOptions&) const = default;
};

/// The same with every default filled in.
struct ResolvedPoolOptions {
  std::int64_t max_pool_size = 100;
  std::int64_t min_pool_size = 0;
  Duration max_idle_time{0};
  std::int64_t max_connecting = 2;
  Duration wait_queue_timeout{0};
  Duration background_interval = std::chrono::milliseconds(100);
  Duration establishment_timeout{0};
  std::optional<Duration> handshake_timeout{};
  bool load_balanced = false;

  bool operator==(const ResolvedPoolOptions&) const = default;
};

ResolvedPoolOptions resolve(const PoolOptions& options);

/// `options` without the fields that only repeat a default: what ConnectionPoolCreated shows.
PoolOptions non_default(const PoolOptions& options);

/// One wrong value. `message()` names the option, the value and what is allowed.
struct OptionError {
  std::string_view option;  ///< The specified name, e.g. "maxPoolSize". A literal.
  std::string value;        ///< As the user gave it, e.g. "-1".
  std::string expected;     ///< E.g. "an integer from 0 to 2147483647 (0 = unlimited)".

  [[nodiscard]] std::string message() const;
  bool operator==(const OptionError&) const = default;
};

/// All that is wrong, in the order of the fields; empty if the options can be used. minPoolSize
/// above a non-zero maxPoolSize is an error (A-OPT-3, F-12).
std::vector<OptionError> validate(const PoolOptions& options);

/// Thrown by whatever takes options from code; `what()` lists every wrong option.
class InvalidOptions : public std::invalid_argument {
 public:
  explicit InvalidOptions(std::vector<OptionError> errors);
  [[nodiscard]] const std::vector<OptionError>& errors() const { return errors_; }

 private:
  std::vector<OptionError> errors_;
};

/// Throws InvalidOptions if `validate` finds something.
void require_valid(const PoolOptions& options);

}  // namespace cmap
