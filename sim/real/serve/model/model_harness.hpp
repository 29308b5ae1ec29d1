// For tests: a model with one connection, and commands in short.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pool/wire/bson_builder.hpp"
#include "sim/real/serve/model/exchange.hpp"
#include "sim/real/serve/model/model.hpp"

namespace cmap::serve {

inline constexpr wire::Date test_time{1'700'000'000'123};

inline wire::Document number_document(std::string_view key, std::int32_t value) {
  return wire::DocumentBuilder().int32(key, value).build();
}

/// `{NAME: 1, $db: "admin"}`, with what `rest` adds.
inline wire::Document command_document(std::string_view name, const wire::Document& rest = {},
                                       std::string_view database = "admin") {
  return wire::DocumentBuilder().int32(name, 1).elements_of(rest).string("$db", database).build();
}

/// `{NAME: COLLECTION, $db: "test"}`, with what `rest` adds.
inline wire::Document collection_command(std::string_view name, std::string_view collection,
                                         const wire::Document& rest = {}) {
  return wire::DocumentBuilder()
      .string(name, collection)
      .elements_of(rest)
      .string("$db", "test")
      .build();
}

inline Request request_of(wire::Document body, bool exhaust_allowed = false) {
  return *Request::from(
      wire::OpMsg{.request_id = 7, .exhaust_allowed = exhaust_allowed, .body = std::move(body)});
}

inline std::int64_t code_of(wire::DocumentView reply) {
  return reply.find_whole_number("code").value_or(0);
}

inline bool is_ok(wire::DocumentView reply) { return reply.find_flag("ok").value_or(false); }

/// One member of it talks to the connection.
class ModelWithClient {
 public:
  explicit ModelWithClient(ModelOptions options = {}) {
    if (!options.nonce) options.nonce = [] { return std::string("serverNonce"); };
    model = std::make_unique<Model>(std::move(options));
    for (std::size_t i = 0; i < model->deployment.size(); ++i) {
      std::string host = "127.0.0.1:3100";
      host += std::to_string(i);
      model->deployment.set_host(i, std::move(host));
    }
    connection = {.number = 3, .client = "127.0.0.1:40000"};
  }

  /// Without fail points.
  wire::Document ask(wire::Document body) { return ask(request_of(std::move(body))); }
  wire::Document ask(const Request& request) {
    return execute(
        {.model = *model, .connection = connection, .request = request, .now = test_time});
  }

  std::unique_ptr<Model> model;
  Connection connection;
};

inline ModelOptions replica_set_of(std::size_t members) {
  ModelOptions options;
  options.deployment = {
      .kind = Deployment::Kind::replica_set, .set_name = "rs", .members = members};
  return options;
}

}  // namespace cmap::serve
