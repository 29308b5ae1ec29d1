// The table of the specification: what to do with a server of this type in a topology of that one.
#include "pool/topology/discovery.hpp"

#include <algorithm>
#include <utility>

#include "pool/api/assert.hpp"
#include "pool/topology/election.hpp"

namespace cmap {
namespace {

ErrorPtr discovery_error(const Address& address, std::string message) {
  return std::make_shared<const Error>(
      Error{.type = ErrorType::protocol, .message = std::move(message), .address = address});
}

std::string quoted_name(const std::optional<std::string>& name) {
  return name ? "\"" + *name + "\"" : "none";
}

class Discoverer {
 public:
  Discoverer(const TopologyDescription& before, ServerDescription server)
      : result_{.topology = before, .server = std::move(server), .stale_primaries = {}} {}

  Discovery run(bool has_one_seed) {
    if (topology().type == TopologyType::single) verify_set_name();
    replace();
    switch (topology().type) {
      case TopologyType::unknown:
        in_unknown(has_one_seed);
        break;
      case TopologyType::sharded:
        in_sharded();
        break;
      case TopologyType::replica_set_no_primary:
      case TopologyType::replica_set_with_primary:
        in_replica_set();
        break;
      case TopologyType::single:
      case TopologyType::load_balanced:
        break;
    }
    summarise_servers(topology());
    return std::move(result_);
  }

 private:
  // --- One function for each column of the table ---------------------------------------------

  void in_unknown(bool has_one_seed) {
    switch (server().type) {
      case ServerType::unknown:
      case ServerType::rs_ghost:
      case ServerType::load_balancer:
        break;
      case ServerType::standalone:
        if (has_one_seed) {
          topology().type = TopologyType::single;
        } else {
          remove_it();
        }
        break;
      case ServerType::mongos:
        topology().type = TopologyType::sharded;
        break;
      case ServerType::rs_primary:
      case ServerType::rs_secondary:
      case ServerType::rs_arbiter:
      case ServerType::rs_other:
        topology().type = TopologyType::replica_set_no_primary;
        in_replica_set();
        break;
    }
  }

  void in_sharded() {
    if (server().type != ServerType::unknown && server().type != ServerType::mongos) remove_it();
  }

  void in_replica_set() {
    switch (server().type) {
      case ServerType::unknown:
      case ServerType::rs_ghost:
        break;
      case ServerType::standalone:
      case ServerType::mongos:
      case ServerType::load_balancer:
        remove_it();
        break;
      case ServerType::rs_primary:
        from_primary();
        break;
      case ServerType::rs_secondary:
      case ServerType::rs_arbiter:
      case ServerType::rs_other:
        from_member();
        break;
    }
    topology().type = has_primary() ? TopologyType::replica_set_with_primary
                                    : TopologyType::replica_set_no_primary;
  }

  // --- Replica sets --------------------------------------------------------------------------

  /// The first member that is heard of names the set, unless the user did.
  bool is_of_this_set() {
    if (!topology().set_name) topology().set_name = server().set_name;
    return topology().set_name == server().set_name;
  }

  /// Members only add while there is no primary; then it alone knows the members (D-RS-4).
  void from_member() {
    if (!is_of_this_set()) return remove_it();
    if (topology().type == TopologyType::replica_set_no_primary) add_members();
    if (server().me && *server().me != server().address) remove_it();
  }

  void from_primary() {
    if (!is_of_this_set()) return remove_it();
    if (const auto stale = note_election(topology(), server())) {
      server() = unknown_server(server().address, discovery_error(server().address, *stale));
      return replace();
    }
    end_other_primaries();
    add_members();
    remove_strangers();
  }

  void end_other_primaries() {
    for (ServerPtr& other : topology().servers) {
      if (other->type != ServerType::rs_primary || other->address == server().address) continue;
      const Address address = other->address;
      other = std::make_shared<const ServerDescription>(unknown_server(
          address,
          discovery_error(address, "primary marked stale due to discovery of newer primary")));
      result_.stale_primaries.push_back(address);
    }
  }

  void add_members() {
    for (const std::vector<Address>* list :
         {&server().hosts, &server().passives, &server().arbiters}) {
      for (const Address& address : *list) {
        if (topology().find(address) != nullptr) continue;
        topology().servers.push_back(
            std::make_shared<const ServerDescription>(unknown_server(address)));
      }
    }
  }

  void remove_strangers() {
    const auto is_stranger = [this](const ServerPtr& other) {
      const auto lists = [&](const std::vector<Address>& list) {
        return std::find(list.begin(), list.end(), other->address) != list.end();
      };
      return !lists(server().hosts) && !lists(server().passives) && !lists(server().arbiters);
    };
    std::erase_if(topology().servers, is_stranger);
    std::erase_if(result_.stale_primaries,
                  [this](const Address& address) { return topology().find(address) == nullptr; });
  }

  [[nodiscard]] bool has_primary() {
    return std::any_of(topology().servers.begin(), topology().servers.end(),
                       [](const ServerPtr& each) { return each->type == ServerType::rs_primary; });
  }

  // --- Single --------------------------------------------------------------------------------

  void verify_set_name() {
    const std::optional<std::string>& wanted = topology().set_name;
    if (!wanted || server().type == ServerType::unknown || server().set_name == wanted) return;
    server() =
        unknown_server(server().address,
                       discovery_error(server().address, "the server's replica set is " +
                                                             quoted_name(server().set_name) +
                                                             ", expected " + quoted_name(wanted)));
  }

  // --- The server itself ---------------------------------------------------------------------

  void replace() {
    const auto its =
        std::find_if(topology().servers.begin(), topology().servers.end(),
                     [this](const ServerPtr& each) { return each->address == server().address; });
    CMAP_ASSERT(its != topology().servers.end());
    *its = std::make_shared<const ServerDescription>(server());
  }

  void remove_it() {
    std::erase_if(topology().servers,
                  [this](const ServerPtr& each) { return each->address == server().address; });
  }

  TopologyDescription& topology() { return result_.topology; }
  ServerDescription& server() { return result_.server; }

  Discovery result_;
};

}  // namespace

Discovery discover(const TopologyDescription& before, ServerDescription server, bool has_one_seed) {
  return Discoverer(before, std::move(server)).run(has_one_seed);
}

}  // namespace cmap
