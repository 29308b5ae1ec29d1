// runOnRequirements: for which deployments a test is meant.
#include <algorithm>
#include <array>
#include <utility>

#include "spec-tests/readers.hpp"
#include "spec-tests/unified_readers.hpp"

namespace cmap::spec_tests {
namespace {

/// Of a name that is not known, nothing is a server.
std::vector<std::string> read_topology_names(const Value* value, Problems& problems) {
  static_cast<void>(read_filled_list(value, "topologies", problems));
  return read_strings(value, "topologies", problems);
}

UnifiedRequirement read_requirement(const Value& value, Problems& problems) {
  ObjectReader keys(value, "a requirement", problems);
  UnifiedRequirement result{.min_version = read_version(keys, "minServerVersion"),
                            .max_version = read_version(keys, "maxServerVersion"),
                            .topologies = read_topology_names(keys.find("topologies"), problems),
                            .authentication = keys.boolean("auth")};
  constexpr std::array<std::string_view, 3> serverless{"require", "forbid", "allow"};
  result.is_unmet = read_word(keys.find("serverless"), "serverless", serverless, problems) == 0U;
  // Server parameters, encryption, mechanisms: nothing that a server here has.
  for (const char* key : {"serverParameters", "authMechanism"}) {
    result.is_unmet |= keys.has(key);
  }
  const Value* const encryption = keys.find("csfle");
  result.is_unmet |= encryption && !(encryption->boolean() && !*encryption->boolean());
  if (keys.is_object() && value.object()->empty()) {
    problems.add(value.mark, "a requirement must not be empty; leave it out");
  }
  keys.finish();
  return result;
}

bool meets(const UnifiedRequirement& requirement, const sim::ClientWorldOptions& world) {
  const sim::ServerVersion& version = sim::client_world_version;
  return !requirement.is_unmet &&
         (!requirement.min_version || *requirement.min_version <= version) &&
         (!requirement.max_version || *requirement.max_version >= version) &&
         (!requirement.authentication || *requirement.authentication == world.authentication) &&
         (requirement.topologies.empty() ||
          std::ranges::find(requirement.topologies, sim::topology_name(world.topology)) !=
              requirement.topologies.end());
}

bool meets(const std::vector<UnifiedRequirement>& requirements,
           const sim::ClientWorldOptions& world) {
  return requirements.empty() || std::ranges::any_of(requirements, [&](const auto& requirement) {
           return meets(requirement, world);
         });
}

}  // namespace

std::vector<UnifiedRequirement> read_unified_requirements(const Value* value, Problems& problems) {
  std::vector<UnifiedRequirement> alternatives;
  for (const Value& alternative : read_filled_list(value, "runOnRequirements", problems)) {
    alternatives.push_back(read_requirement(alternative, problems));
  }
  return alternatives;
}

std::vector<sim::ClientWorldOptions> worlds_for(const std::vector<UnifiedRequirement>& of_file,
                                                const std::vector<UnifiedRequirement>& of_test) {
  using enum sim::Topology;
  std::vector<sim::ClientWorldOptions> worlds;
  for (const sim::Topology topology : {single, replica_set, sharded, load_balanced}) {
    for (const bool authentication : {false, true}) {
      const sim::ClientWorldOptions world{.topology = topology, .authentication = authentication};
      if (!meets(of_file, world) || !meets(of_test, world)) continue;
      worlds.push_back(world);
      break;
    }
  }
  return worlds;
}

}  // namespace cmap::spec_tests
