// hello, isMaster and what else a driver asks a server about itself.
#include <utility>

#include "pool/wire/bson_builder.hpp"
#include "sim/real/serve/model/model.hpp"
#include "sim/real/serve/model/replies.hpp"

namespace cmap::serve {
namespace {

using wire::Document;
using wire::DocumentBuilder;

constexpr std::int32_t max_document_size = 16 * 1024 * 1024;

void add_replica_set(DocumentBuilder& reply, const Call& call) {
  const Deployment& set = call.model.deployment;
  if (!set.is_configured(call.connection.member)) {
    reply.boolean("isreplicaset", true).boolean("secondary", false);
    return;
  }
  std::vector<std::string> hosts;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (set.is_configured(i)) hosts.push_back(set.host(i));
  }
  reply.array("hosts", hosts).string("setName", set.set_name());
  reply.int32("setVersion", set.set_version());
  reply.boolean("secondary", !set.is_primary(call.connection.member));
  if (const auto primary = set.primary()) reply.string("primary", set.host(*primary));
  reply.string("me", set.host(call.connection.member));
  if (set.is_primary(call.connection.member)) reply.object_id("electionId", set.election_id());

  const wire::Timestamp written{.seconds = static_cast<std::uint32_t>(call.now.count() / 1000),
                                .increment = 1};
  const Document position = DocumentBuilder().timestamp("ts", written).int64("t", 1).build();
  reply.document("lastWrite", DocumentBuilder()
                                  .document("opTime", position)
                                  .date("lastWriteDate", call.now)
                                  .document("majorityOpTime", position)
                                  .date("majorityWriteDate", call.now)
                                  .build());
}

void add_mongos(DocumentBuilder& reply, const Call& call) {
  reply.string("msg", "isdbgrid");
  const bool asks = call.body().find_flag("loadBalanced").value_or(false);
  if (!asks || !call.model.deployment.has_load_balancer()) return;
  auto& service = call.connection.service;
  if (!service) service = call.model.deployment.next_service();
  reply.object_id("serviceId", *service);
}

void add_authentication(DocumentBuilder& reply, const Call& call) {
  const auto user = call.body().find_string("saslSupportedMechs");
  if (user && call.model.credentials.knows(*user)) {
    const std::vector<std::string> both{"SCRAM-SHA-1", "SCRAM-SHA-256"};
    reply.array("saslSupportedMechs", both);
  }
  const auto start = call.body().find_document("speculativeAuthenticate");
  if (!start) return;
  if (const auto answer = speculative_reply(call, *start)) {
    reply.document("speculativeAuthenticate", *answer);
  }
}

Document build_info(const Call&) {
  DocumentBuilder version;
  version.int32("0", 7).int32("1", 0).int32("2", 0).int32("3", 0);
  return ok_reply(DocumentBuilder()
                      .string("version", "7.0.0")
                      .string("gitVersion", "cmap")
                      .array("modules", std::vector<std::string>{"cmap"})
                      .array("versionArray", version.build())
                      .int32("bits", 64)
                      .boolean("debug", false)
                      .int32("maxBsonObjectSize", max_document_size));
}

Document ping(const Call&) { return ok_reply(); }

Document what_is_my_ip(const Call& call) {
  return ok_reply(DocumentBuilder().string("you", call.connection.client));
}

Document connection_status(const Call& call) {
  std::vector<Document> users;
  if (const auto& name = call.connection.authenticated) {
    const std::size_t dot = name->find('.');
    users.push_back(DocumentBuilder()
                        .string("user", std::string_view(*name).substr(dot + 1))
                        .string("db", std::string_view(*name).substr(0, dot))
                        .build());
  }
  const Document info = DocumentBuilder().array("authenticatedUsers", users).build();
  return ok_reply(DocumentBuilder().document("authInfo", info));
}

Document hello_reply(const Call& call) {
  const Deployment& deployment = call.model.deployment;
  const bool writable = deployment.is_primary(call.connection.member);
  DocumentBuilder reply;
  if (call.body().find_flag("helloOk").value_or(false)) reply.boolean("helloOk", true);
  reply.boolean(call.request.name == "hello" ? "isWritablePrimary" : "ismaster", writable);
  reply.document("topologyVersion", topology_version(call));
  if (deployment.kind() == Deployment::Kind::replica_set) add_replica_set(reply, call);
  if (deployment.kind() == Deployment::Kind::load_balanced) add_mongos(reply, call);
  reply.int32("maxBsonObjectSize", max_document_size)
      .int32("maxMessageSizeBytes", 48'000'000)
      .int32("maxWriteBatchSize", 100'000)
      .date("localTime", call.now)
      .int32("logicalSessionTimeoutMinutes", 30)
      .int32("connectionId", static_cast<std::int32_t>(call.connection.number & 0x7FFF'FFFF))
      // Drivers of every age: the oldest refuse a server that wants more than they know.
      .int32("minWireVersion", 0)
      .int32("maxWireVersion", 21)
      .boolean("readOnly", false);
  add_authentication(reply, call);
  return ok_reply(reply);
}

}  // namespace

Document version_document(const wire::TopologyVersion& version) {
  return DocumentBuilder()
      .object_id("processId", version.process_id)
      .int64("counter", version.counter)
      .build();
}

Document topology_version(const Call& call) {
  return version_document(call.model.deployment.topology_version(call.connection.member));
}

void remember_client(Connection& connection, wire::DocumentView hello) {
  if (connection.app_name) return;
  const auto client = hello.find_document("client");
  const auto application = client ? client->find_document("application") : std::nullopt;
  const auto name = application ? application->find_string("name") : std::nullopt;
  if (name) connection.app_name = *name;
}

void add_hello_commands(CommandTable& table) {
  for (const char* name : {"hello", "isMaster", "ismaster"}) {
    table[name] = {.handler = hello_reply, .before_authentication = true};
  }
  for (const char* name : {"buildInfo", "buildinfo"}) {
    table[name] = {.handler = build_info, .before_authentication = true};
  }
  table["ping"] = {.handler = ping};
  table["whatsmyip"] = {.handler = what_is_my_ip, .before_authentication = true};
  table["connectionStatus"] = {.handler = connection_status, .before_authentication = true};
}

}  // namespace cmap::serve
