// The MATCH function of the cmap-format files (requirements B.2).
#pragma once

#include <optional>
#include <string>

#include "pool/api/errors.hpp"
#include "pool/api/events.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// The first place at which an actual value does not match.
struct Mismatch {
  std::string path;      ///< within the value: "reason", "options.maxPoolSize"; "" for itself
  Mark mark;             ///< of the expectation
  std::string expected;  ///< e.g. "idle"
  std::string actual;    ///< e.g. "stale", "nothing"
};

/// 42 and "42" match everything that exists and is not null; lists and objects may have more than
/// expected; scalars must be equal and of the same JSON type (2 and 2.0 are the same number).
std::optional<Mismatch> match(const Value& expected, const Value& actual);

/// As `match`, but `labels` is compared as a set: none too many, the order does not count.
std::optional<Mismatch> match_error(const Value& expected, const Value& actual);

/// Keys: type, address and, as the type has them, connectionId, duration (in ms), options, reason,
/// interruptInUseConnections, serviceId.
Value event_value(const Event& event);
/// Keys: type, message, address, labels, code (0: absent).
Value error_value(const Error& error);
/// Null for no error.
Value error_value(const ErrorPtr& error);

}  // namespace cmap::spec_tests
