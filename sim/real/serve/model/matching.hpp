// Which documents a filter finds: those that have all its values.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "pool/wire/bson.hpp"
#include "pool/wire/result.hpp"

namespace cmap::serve {

/// Equal as a server sees it: numbers by their value, whatever their types.
bool same_value(const wire::ElementView& a, const wire::ElementView& b);

/// The same text for the same value, and another for another one.
std::string value_key(const wire::ElementView& value);

/// Of `$where: "sleep(N) || true"`, with which tests make an operation last: so many milliseconds.
/// Here they pass once, whatever documents there are, and every document suits.
std::optional<std::chrono::milliseconds> sleep_in(wire::DocumentView filter);

/// Fails for everything but equality and that.
std::optional<wire::Failure> check_filter(wire::DocumentView filter);

/// `filter` has passed check_filter. Paths may have dots; null is also what is not there; an array
/// matches by its items, too.
bool matches(wire::DocumentView document, wire::DocumentView filter);

}  // namespace cmap::serve
