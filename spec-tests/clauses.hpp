// Which rule of the requirements stands behind an expectation.
#pragma once

#include <string>
#include <string_view>

#include "pool/api/events.hpp"

namespace cmap::spec_tests {

/// For a difference in the field `path` of an event; `expected` and `actual` are the events' types.
std::string clause_of_event(EventType expected, EventType actual, std::string_view path);
/// For a difference in an error that should have been of this type.
std::string clause_of_error(std::string_view expected_type);

}  // namespace cmap::spec_tests
