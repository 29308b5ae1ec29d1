// Read preferences as test files have them.
#pragma once

#include <string_view>

#include "pool/api/read_preference.hpp"
#include "spec-tests/object_reader.hpp"

namespace cmap::spec_tests {

/// mode, in either case, maxStalenessSeconds (-1: no limit), and the tag sets under the key that
/// the format has for them. Null: the default.
ReadPreference read_preference(const Value* value, std::string_view tag_sets_key,
                               Problems& problems);
/// An object of texts; null: none.
TagSet read_tags(const Value* value, Problems& problems);

}  // namespace cmap::spec_tests
