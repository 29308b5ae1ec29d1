// The rules say what may not be, whatever led to it.
#include "sim/client/topology_checker.hpp"

#include <algorithm>
#include <string>

namespace cmap::sim {
namespace {

constexpr Rule name_of_set{"D-RS-1, D-RS-4", "a member that is known is one of the set asked for"};
constexpr Rule primary_lists_members{
    "D-RS-4", "while there is a primary, the members are those that it lists"};
constexpr Rule newest_primary{
    "D-SD-5, D-SD-6", "there is one primary, and none of an older election than one before"};
constexpr Rule newer_version{
    "D-RS-6, D.2", "what has an older topologyVersion, and an error of the same one, is ignored"};
constexpr Rule keeps_version{"D.2",
                             "a server that an error marks Unknown gets its topologyVersion"};
constexpr Rule balancer_stays{"A-LB-8", "the description of a load balancer never changes"};
constexpr Rule no_overload{"D.2, A-POOL-6",
                           "an error with the label SystemOverloadedError marks no server Unknown"};

bool is_member(ServerType type) {
  return type == ServerType::rs_primary || type == ServerType::rs_secondary ||
         type == ServerType::rs_arbiter || type == ServerType::rs_other;
}

bool lists(const ServerDescription& primary, const Address& address) {
  const auto has = [&](const std::vector<Address>& list) {
    return std::find(list.begin(), list.end(), address) != list.end();
  };
  return has(primary.hosts) || has(primary.passives) || has(primary.arbiters);
}

/// The version of what is new, where it can be compared with that of `before`.
std::optional<std::int64_t> counter_after(const ServerDescription& before,
                                          const std::optional<TopologyVersion>& version) {
  const bool is_comparable = before.topology_version && version &&
                             before.topology_version->process_id == version->process_id;
  return is_comparable ? std::optional(version->counter) : std::nullopt;
}

}  // namespace

void TopologyChecker::observe(const TopologyDescription& topology, Report& report) {
  std::size_t primaries = 0;
  for (const ServerPtr& server : topology.servers) {
    const bool needs_name = is_member(server->type) || (topology.type == TopologyType::single &&
                                                        server->type != ServerType::unknown);
    if (needs_name && !set_name_.empty()) {
      report.demand(server->set_name == set_name_, name_of_set,
                    [&] { return server->address.text() + " is known"; });
    }
    if (server->type != ServerType::rs_primary || topology.type == TopologyType::single) continue;
    ++primaries;
    check_primary(topology, *server, report);
  }
  report.demand(primaries <= 1, newest_primary, [] { return std::string("there are several"); });
}

void TopologyChecker::check_primary(const TopologyDescription& topology,
                                    const ServerDescription& primary, Report& report) {
  for (const ServerPtr& server : topology.servers) {
    report.demand(lists(primary, server->address), primary_lists_members, [&] {
      return primary.address.text() + " does not list " + server->address.text();
    });
  }
  for (const Address& host : primary.hosts) {
    report.demand(topology.find(host) != nullptr, primary_lists_members,
                  [&] { return host.text() + " is not there"; });
  }
  const Election election(primary.election_id, primary.set_version);
  report.demand(newest_ <= election, newest_primary,
                [&] { return primary.address.text() + " is of an older election"; });
  newest_ = std::max(newest_, election);
}

void TopologyChecker::compare(const ServerDescription& before, const ServerDescription& after,
                              Report& report) {
  const auto detail = [&] { return after.address.text() + ": its description changed"; };
  report.demand(before.type != ServerType::load_balancer, balancer_stays, detail);
  if (after.type != ServerType::unknown) {
    if (const auto counter = counter_after(before, after.topology_version)) {
      report.demand(*counter >= before.topology_version->counter, newer_version, detail);
    }
    return;
  }
  if (!after.error || !after.error->topology_version) return;
  report.demand(!is_old(*after.error, before), newer_version, detail);
  report.demand(after.topology_version == after.error->topology_version, keeps_version, detail);
}

bool TopologyChecker::is_old(const Error& error, const ServerDescription& server) {
  const auto counter = counter_after(server, error.topology_version);
  return counter && *counter <= server.topology_version->counter;
}

void TopologyChecker::check_error(const Error& error, Report& report) {
  report.demand(!has_label(error.labels, ErrorLabel::system_overloaded), no_overload,
                [&] { return error.address.text() + ": " + error.message; });
}

}  // namespace cmap::sim
