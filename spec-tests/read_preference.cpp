// Whatever is not understood is a problem.
#include "spec-tests/read_preference.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "pool/client/uri_text.hpp"

namespace cmap::spec_tests {

TagSet read_tags(const Value* value, Problems& problems) {
  TagSet tags;
  if (value == nullptr) return tags;
  if (value->object() == nullptr) {
    problems.add(value->mark, "tags must be an object, but are " + to_text(*value));
    return tags;
  }
  for (const Member& tag : *value->object()) {
    tags[tag.key] = read_string(&tag.value, tag.key, problems).value_or("");
  }
  return tags;
}

ReadPreference read_preference(const Value* value, std::string_view tag_sets_key,
                               Problems& problems) {
  constexpr std::array<std::string_view, 5> modes{"primary", "primarypreferred", "secondary",
                                                  "secondarypreferred", "nearest"};
  ReadPreference preference;
  if (value == nullptr) return preference;
  ObjectReader keys(*value, "a read preference", problems);
  if (const auto mode = keys.string("mode")) {
    const auto found = std::ranges::find(modes, lower_case(*mode));
    if (found == modes.end()) {
      problems.add(value->mark, "the mode " + in_quotes(*mode) + " is unknown");
    } else {
      preference.mode = static_cast<ReadPreferenceMode>(found - modes.begin());
    }
  }
  for (const Value& tags : read_list(keys.find(tag_sets_key), tag_sets_key, problems)) {
    preference.tag_sets.push_back(read_tags(&tags, problems));
  }
  const Value* const limit = keys.find("maxStalenessSeconds");
  const auto seconds = read_integer(limit, "maxStalenessSeconds", problems, -1);
  if (seconds && *seconds >= 0) preference.max_staleness = std::chrono::seconds(*seconds);
  keys.finish();
  return preference;
}

}  // namespace cmap::spec_tests
