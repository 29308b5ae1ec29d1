// A secondary refuses reads that do not say that a secondary will do.
#include "pool/client/read_preference_field.hpp"

#include <chrono>
#include <vector>

#include "pool/wire/bson_builder.hpp"

namespace cmap {

std::string_view mode_name(ReadPreferenceMode mode) {
  switch (mode) {
    case ReadPreferenceMode::primary:
      return "primary";
    case ReadPreferenceMode::primary_preferred:
      return "primaryPreferred";
    case ReadPreferenceMode::secondary:
      return "secondary";
    case ReadPreferenceMode::secondary_preferred:
      return "secondaryPreferred";
    case ReadPreferenceMode::nearest:
      return "nearest";
  }
  return "?";
}

std::optional<ReadPreference> read_preference_to_say(const Selection& selection,
                                                     TopologyType topology, ServerType type) {
  if (selection.kind != OperationKind::read || type == ServerType::standalone) return std::nullopt;
  const ReadPreference& wanted = selection.read_preference;
  if (wanted.mode != ReadPreferenceMode::primary) return wanted;
  // Connected to one member, whatever it is: it is to answer.
  if (topology != TopologyType::single || type == ServerType::mongos) return std::nullopt;
  return ReadPreference{.mode = ReadPreferenceMode::primary_preferred};
}

wire::Document with_read_preference(wire::DocumentView command, const ReadPreference& preference) {
  constexpr std::string_view name = "$readPreference";
  wire::DocumentBuilder builder;
  builder.elements_of(command);
  if (command.find(name)) return builder.build();
  wire::DocumentBuilder field;
  field.string("mode", mode_name(preference.mode));
  std::vector<wire::Document> tag_sets;
  for (const TagSet& tag_set : preference.tag_sets) {
    wire::DocumentBuilder tags;
    for (const auto& [key, value] : tag_set) tags.string(key, value);
    tag_sets.push_back(tags.build());
  }
  if (!tag_sets.empty()) field.array("tags", tag_sets);
  if (preference.max_staleness) {
    field.int64(
        "maxStalenessSeconds",
        std::chrono::duration_cast<std::chrono::seconds>(*preference.max_staleness).count());
  }
  return builder.document(name, field.build()).build();
}

}  // namespace cmap
