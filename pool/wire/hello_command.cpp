// The two commands.
#include "pool/wire/hello_command.hpp"

namespace cmap::wire {
namespace {

void add_name(DocumentBuilder& command, bool knows_hello) {
  command.int32(knows_hello ? "hello" : "isMaster", 1);
  command.boolean("helloOk", true);
}

void add_end(DocumentBuilder& command, const std::optional<ServerApi>& api) {
  command.string("$db", "admin");
  if (api) add_server_api(command, *api);
}

}  // namespace

void add_server_api(DocumentBuilder& command, const ServerApi& api) {
  command.string("apiVersion", api.version);
  if (api.strict) command.boolean("apiStrict", *api.strict);
  if (api.deprecation_errors) command.boolean("apiDeprecationErrors", *api.deprecation_errors);
}

Document hello_command(const HelloOptions& options) {
  DocumentBuilder command;
  add_name(command, options.load_balanced || options.server_api.has_value());
  // A text, although it looks like a number (F-7).
  command.string("backpressure", "2");
  if (!options.client_metadata.view().empty()) command.document("client", options.client_metadata);
  command.array("compression", Document());
  if (options.load_balanced) command.boolean("loadBalanced", true);
  if (options.sasl_supported_mechs) {
    command.string("saslSupportedMechs", *options.sasl_supported_mechs);
  }
  if (options.speculative_authenticate) {
    command.document("speculativeAuthenticate", *options.speculative_authenticate);
  }
  add_end(command, options.server_api);
  return command.build();
}

Document check_command(const CheckOptions& options) {
  DocumentBuilder command;
  add_name(command, options.hello_ok || options.server_api.has_value());
  if (options.topology_version && options.max_await_time) {
    command.document("topologyVersion",
                     DocumentBuilder()
                         .object_id("processId", options.topology_version->process_id)
                         .int64("counter", options.topology_version->counter)
                         .build());
    command.int64("maxAwaitTimeMS", options.max_await_time->count());
  }
  add_end(command, options.server_api);
  return command.build();
}

}  // namespace cmap::wire
