// Which members of a replica set a client wants to read from, as plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pool/api/time.hpp"

namespace cmap {

enum class ReadPreferenceMode : std::uint8_t {
  primary,
  primary_preferred,
  secondary,
  secondary_preferred,
  nearest,
};

/// What a server must be tagged with; empty: any server matches.
using TagSet = std::map<std::string, std::string>;

/// With mode `primary` there are neither tag sets nor a limit of staleness.
struct ReadPreference {
  ReadPreferenceMode mode = ReadPreferenceMode::primary;
  /// The first one that any server matches counts; empty: all servers match.
  std::vector<TagSet> tag_sets{};
  /// Nothing: no limit. Else at least 90 s.
  std::optional<Duration> max_staleness{};
  bool operator==(const ReadPreference&) const = default;
};

}  // namespace cmap
