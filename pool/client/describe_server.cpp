// Field by field; addresses in lower case (D-RS-2).
#include "pool/client/describe_server.hpp"

#include "pool/wire/command.hpp"

namespace cmap {
namespace {

ServerType member_type(const wire::HelloReply& reply) {
  if (reply.hidden) return ServerType::rs_other;
  if (reply.is_writable_primary) return ServerType::rs_primary;
  if (reply.secondary) return ServerType::rs_secondary;
  return reply.arbiter_only ? ServerType::rs_arbiter : ServerType::rs_other;
}

ServerType type_of(const wire::HelloReply& reply) {
  if (reply.is_replica_set) return ServerType::rs_ghost;
  if (reply.set_name) return member_type(reply);
  return reply.message == "isdbgrid" ? ServerType::mongos : ServerType::standalone;
}

std::optional<Address> address_from(const std::optional<std::string>& text) {
  const auto address = text ? Address::parse(*text) : std::nullopt;
  return address ? std::optional(address->in_lower_case()) : std::nullopt;
}

std::vector<Address> addresses_from(const std::vector<std::string>& texts) {
  std::vector<Address> addresses;
  for (const std::string& text : texts) {
    if (const auto address = address_from(text)) addresses.push_back(*address);
  }
  return addresses;
}

void describe_member(ServerDescription& server, const wire::HelloReply& reply) {
  server.set_name = reply.set_name;
  server.set_version = reply.set_version;
  server.election_id = reply.election_id;
  server.me = address_from(reply.me);
  server.primary = address_from(reply.primary);
  server.hosts = addresses_from(reply.hosts);
  server.passives = addresses_from(reply.passives);
  server.arbiters = addresses_from(reply.arbiters);
  server.tags = reply.tags;
}

}  // namespace

ServerDescription describe_server(const Address& address, const wire::HelloReply& reply) {
  if (!reply.ok) {
    return unknown_server(address, wire::command_error(address, {.document = reply.document}));
  }
  ServerDescription server = unknown_server(address);
  server.type = type_of(reply);
  server.min_wire_version = reply.min_wire_version;
  server.max_wire_version = reply.max_wire_version;
  server.topology_version = reply.topology_version;
  server.logical_session_timeout_minutes = reply.logical_session_timeout_minutes;
  server.last_write_date = reply.last_write_date;
  describe_member(server, reply);
  return server;
}

}  // namespace cmap
