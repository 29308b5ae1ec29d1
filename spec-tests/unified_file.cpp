// The file and its tests; what is inside of them has readers of its own.
#include "spec-tests/unified_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "spec-tests/unified_readers.hpp"

namespace cmap::spec_tests {
namespace {

/// Of what holds for all tests of a file.
struct Common {
  std::string misfit;
  std::vector<UnifiedRequirement> requirements;
};

std::string without_a_world() {
  std::string text = "no server here meets runOnRequirements: version ";
  for (const std::int64_t part : sim::client_world_version) {
    text += (text.ends_with(' ') ? "" : ".") + std::to_string(part);
  }
  return text + ", single, replicaset, sharded or load-balanced";
}

bool needs_mongoses(const std::vector<UnifiedOperation>& operations) {
  return std::ranges::any_of(operations, [](const UnifiedOperation& operation) {
    return std::ranges::any_of(operation.entities, &UnifiedEntity::needs_mongoses);
  });
}

void leave_out_one_mongos(UnifiedTest& test, Misfit& misfit) {
  std::erase_if(test.worlds, [](const sim::ClientWorldOptions& world) {
    return world.topology == sim::Topology::sharded;
  });
  if (test.worlds.empty()) misfit.note("it needs several mongoses, and there is one here");
}

UnifiedTest read_unified_test(const Value& value, const Common& common, Problems& problems) {
  constexpr std::array<std::string_view, 7> known{
      "description",  "runOnRequirements", "skipReason", "operations",
      "expectEvents", "expectLogMessages", "outcome"};
  Misfit misfit;
  misfit.note(common.misfit);
  ObjectReader keys(value, "a test", problems);
  UnifiedTest test{.mark = value.mark};
  const Value* const description = keys.need("description");
  if (description && description->text()) test.description = *description->text();
  if (const auto reason = keys.string("skipReason")) misfit.note("skipReason: " + *reason);
  misfit.note_unknown(value, known, "a test");
  test.operations = read_unified_operations(keys.need("operations"), misfit, problems);
  test.events = read_unified_events(keys.find("expectEvents"), misfit, problems);
  test.logs = read_unified_logs(keys.find("expectLogMessages"), misfit, problems);
  test.outcome = read_unified_data(keys.find("outcome"), "outcome", misfit, problems);
  test.worlds = worlds_for(common.requirements,
                           read_unified_requirements(keys.find("runOnRequirements"), problems));
  if (test.worlds.empty()) misfit.note(without_a_world());
  if (needs_mongoses(test.operations)) leave_out_one_mongos(test, misfit);
  test.misfit = misfit.reason();
  return test;
}

void read_schema_version(const Value* value, Misfit& misfit, Problems& problems) {
  const auto version = read_string(value, "schemaVersion", problems);
  if (version && !version->starts_with("1.")) {
    misfit.note("schemaVersion " + in_quotes(*version) + " is not known, only 1.x is");
  }
}

}  // namespace

void Misfit::note_unknown(const Value& object, std::span<const std::string_view> known,
                          std::string_view what) {
  if (object.object() == nullptr) return;
  for (const Member& member : *object.object()) {
    if (std::ranges::find(known, member.key) != known.end()) continue;
    note("the key " + in_quotes(member.key) + " of " + std::string(what) + " is not supported");
  }
}

UnifiedFile read_unified_file(const Value& document, const std::string& path, Problems& problems) {
  constexpr std::array<std::string_view, 8> known{
      "description", "schemaVersion", "runOnRequirements", "createEntities",
      "initialData", "tests",         "_yamlAnchors",      "$schema"};
  Misfit misfit;
  ObjectReader keys(document, "the file", problems);
  read_schema_version(keys.need("schemaVersion"), misfit, problems);
  misfit.note_unknown(document, known, "a file");
  UnifiedFile file{.path = path};
  file.entities = read_unified_entities(keys.find("createEntities"), misfit, problems);
  file.initial_data = read_unified_data(keys.find("initialData"), "initialData", misfit, problems);
  const Common common{
      .misfit = misfit.reason(),
      .requirements = read_unified_requirements(keys.find("runOnRequirements"), problems)};
  for (const Value& test : read_list(keys.need("tests"), "tests", problems)) {
    file.tests.push_back(read_unified_test(test, common, problems));
  }
  return file;
}

}  // namespace cmap::spec_tests
