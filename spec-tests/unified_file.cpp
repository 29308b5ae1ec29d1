// The file and its tests; what is inside of them has readers of its own.
#include "spec-tests/unified_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "spec-tests/readers.hpp"
#include "spec-tests/unified_readers.hpp"

namespace cmap::spec_tests {
namespace {

/// Of what holds for all tests of a file.
struct Common {
  std::string misfit;
  std::vector<UnifiedRequirement> requirements;
  std::vector<UnifiedEntity> entities;
};

std::string without_a_world() {
  std::string text = "no server here meets runOnRequirements: version ";
  for (const std::int64_t part : sim::client_world_version) {
    text += (text.ends_with(' ') ? "" : ".") + std::to_string(part);
  }
  return text + ", single, replicaset, sharded or load-balanced";
}

bool needs_mongoses(const std::vector<UnifiedEntity>& of_file,
                    const std::vector<UnifiedOperation>& operations) {
  return std::ranges::any_of(of_file, &UnifiedEntity::needs_mongoses) ||
         std::ranges::any_of(operations, [](const UnifiedOperation& operation) {
           return std::ranges::any_of(operation.entities, &UnifiedEntity::needs_mongoses);
         });
}

void leave_out_one_mongos(UnifiedTest& test, Misfit& misfit) {
  std::erase_if(test.worlds, [](const sim::ClientWorldOptions& world) {
    return world.topology == sim::Topology::sharded;
  });
  if (test.worlds.empty()) misfit.note("it needs several mongoses, and there is one here");
}

/// May be empty.
std::string read_description(const Value& value, Problems& problems) {
  if (value.text()) return *value.text();
  problems.add(value.mark, "description must be a text, but is " + to_text(value));
  return "";
}

UnifiedTest read_unified_test(const Value& value, const Common& common, Problems& problems) {
  constexpr std::array<std::string_view, 7> known{
      "description",  "runOnRequirements", "skipReason", "operations",
      "expectEvents", "expectLogMessages", "outcome"};
  Misfit misfit;
  misfit.note(common.misfit);
  ObjectReader keys(value, "a test", problems);
  UnifiedTest test{.mark = value.mark};
  if (const Value* const description = keys.need("description")) {
    test.description = read_description(*description, problems);
  }
  if (const auto reason = keys.string("skipReason")) misfit.note("skipReason: " + *reason);
  misfit.note_unknown(value, known, "a test");
  test.operations = read_unified_operations(keys.need("operations"), misfit, problems);
  test.sets_fail_points = std::ranges::find(test.operations, "failPoint",
                                            &UnifiedOperation::name) != test.operations.end();
  test.events = read_unified_events(keys.find("expectEvents"), misfit, problems);
  test.logs = read_unified_logs(keys.find("expectLogMessages"), misfit, problems);
  test.outcome = read_unified_data(keys.find("outcome"), "outcome", misfit, problems);
  test.worlds = worlds_for(common.requirements,
                           read_unified_requirements(keys.find("runOnRequirements"), problems));
  if (test.worlds.empty()) misfit.note(without_a_world());
  if (needs_mongoses(common.entities, test.operations)) leave_out_one_mongos(test, misfit);
  test.misfit = misfit.reason();
  return test;
}

/// 1.0 to the newest that is known here; what comes later may ask for what nobody looks at.
void read_schema_version(ObjectReader& keys, Misfit& misfit) {
  constexpr std::int64_t newest = 28;
  const Value* const text = keys.need("schemaVersion");
  const auto version = read_version(keys, "schemaVersion");
  if (version && ((*version)[0] != 1 || (*version)[1] > newest)) {
    misfit.note("schemaVersion " + to_text(*text) + " is not known, only 1.0 to 1." +
                std::to_string(newest) + " are");
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
  if (const Value* const text = keys.need("description")) read_description(*text, problems);
  read_schema_version(keys, misfit);
  misfit.note_unknown(document, known, "a file");
  UnifiedFile file{.path = path};
  file.entities = read_unified_entities(keys.find("createEntities"), misfit, problems);
  file.initial_data = read_unified_data(keys.find("initialData"), "initialData", misfit, problems);
  const Common common{
      .misfit = misfit.reason(),
      .requirements = read_unified_requirements(keys.find("runOnRequirements"), problems),
      .entities = file.entities};
  for (const Value& test : read_filled_list(keys.need("tests"), "tests", problems)) {
    file.tests.push_back(read_unified_test(test, common, problems));
  }
  return file;
}

}  // namespace cmap::spec_tests
