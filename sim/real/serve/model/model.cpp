// Finds the handler of a command, and refuses what may not be done.
#include "sim/real/serve/model/model.hpp"

#include <utility>

#include "pool/wire/bson_builder.hpp"
#include "sim/real/serve/model/replies.hpp"

namespace cmap::serve {
namespace {

const CommandTable& command_table() {
  static const CommandTable table = [] {
    CommandTable commands;
    add_hello_commands(commands);
    add_sasl_commands(commands);
    add_write_commands(commands);
    add_read_commands(commands);
    add_collection_commands(commands);
    add_admin_commands(commands);
    return commands;
  }();
  return table;
}

bool secondary_will_do(const Call& call) {
  const auto preference = call.body().find_document("$readPreference");
  const auto mode = preference ? preference->find_string("mode") : std::nullopt;
  return mode.value_or("primary") != "primary";
}

/// With the version of the topology, by which clients know whether that is news.
wire::Document not_primary(const Call& call, Code code, std::string_view message) {
  const wire::Document error = error_reply(code, message);
  return wire::DocumentBuilder()
      .elements_of(error)
      .document("topologyVersion", topology_version(call))
      .build();
}

std::optional<wire::Document> refusal(const Call& call, const CommandKind& command) {
  using Needs = CommandKind::Needs;
  const std::string& name = call.request.name;
  if (call.request.legacy && !call.request.is_hello()) {
    return error_reply(Code::unsupported_op_query_command, "Unsupported OP_QUERY command: " + name);
  }
  if (call.model.options.authentication && !call.connection.authenticated &&
      !command.before_authentication) {
    return error_reply(Code::unauthorized, "Command " + name + " requires authentication");
  }
  if (command.needs == Needs::nothing || call.model.deployment.is_primary(call.connection.member)) {
    return std::nullopt;
  }
  if (command.needs == Needs::primary) {
    return not_primary(call, Code::not_writable_primary, "not primary");
  }
  if (secondary_will_do(call)) return std::nullopt;
  return not_primary(call, Code::not_primary_no_secondary_ok, "not primary and secondaryOk=false");
}

}  // namespace

Model::Model(ModelOptions the_options)
    : options(std::move(the_options)),
      deployment(options.deployment),
      credentials(options.credentials ? *options.credentials : Credentials(options.users)),
      store(options.max_document_bytes),
      cursors(options.deployment.seed),
      fail_points(options.deployment.members) {}

wire::ObjectId Model::fresh_id() {
  wire::ObjectId id;
  ++last_id;
  for (std::size_t i = 0; i < 8; ++i) {
    id.bytes[11 - i] = static_cast<std::uint8_t>(last_id >> (8 * i));
  }
  return id;
}

std::string Call::target() const {
  if (body().empty()) return {};
  return std::string(body().begin()->as_string().value_or(""));
}

std::string Call::collection() const {
  std::string name = request.database;
  name += '.';
  name += target();
  return name;
}

wire::Document execute(const Call& call) {
  const auto found = command_table().find(call.request.name);
  if (found == command_table().end()) {
    return error_reply(Code::command_not_found, "no such command: '" + call.request.name + "'");
  }
  if (auto refused = refusal(call, found->second)) return *std::move(refused);
  return found->second.handler(call);
}

}  // namespace cmap::serve
