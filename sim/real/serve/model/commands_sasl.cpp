// saslStart, saslContinue and authenticate: who the client is.
#include <string_view>
#include <utility>

#include "pool/wire/bson_builder.hpp"
#include "pool/wire/scram_keys.hpp"
#include "sim/real/serve/model/model.hpp"
#include "sim/real/serve/model/replies.hpp"

namespace cmap::serve {
namespace {

using wire::Document;
using wire::DocumentBuilder;

// A connection has one conversation at a time.
constexpr std::int32_t conversation_id = 1;

/// The same words whatever was wrong: nobody shall learn which users there are.
Document refused() { return error_reply(Code::authentication_failed, "Authentication failed."); }

std::optional<wire::ScramMechanism> mechanism_of(wire::DocumentView start) {
  const auto name = start.find_string("mechanism");
  for (const auto mechanism : {wire::ScramMechanism::sha1, wire::ScramMechanism::sha256}) {
    if (name == wire::mechanism_name(mechanism)) return mechanism;
  }
  return std::nullopt;
}

/// Drivers send binary; the oldest ones send a string.
std::optional<std::string_view> payload_of(wire::DocumentView command) {
  const auto element = command.find("payload");
  if (!element) return std::nullopt;
  if (const auto binary = element->as_binary()) return wire::text_of(binary->bytes);
  return element->as_string();
}

DocumentBuilder step(bool done, std::string_view payload) {
  DocumentBuilder reply;
  reply.int32("conversationId", conversation_id)
      .boolean("done", done)
      .binary("payload", wire::bytes_of(payload));
  return reply;
}

/// Begins a conversation. Nothing: it is over already.
std::optional<DocumentBuilder> start_scram(const Call& call, wire::DocumentView start,
                                           std::string source) {
  const auto mechanism = mechanism_of(start);
  const auto payload = payload_of(start);
  call.connection.sasl.reset();
  if (!mechanism || !payload) return std::nullopt;
  const auto options = start.find_document("options");
  // The conversation keeps it.
  const auto find_user = [&credentials = call.model.credentials, mechanism = *mechanism,
                          source](const std::string& name) {
    return credentials.find(mechanism, source, name);
  };
  wire::ScramServer scram(*mechanism, call.model.options.nonce(), find_user);
  const auto answer = scram.first_message(*payload);
  if (!answer) return std::nullopt;
  call.connection.sasl.emplace(SaslConversation{
      .source = source,
      .scram = std::move(scram),
      .skips_empty_exchange = options && options->find_flag("skipEmptyExchange").value_or(false)});
  return step(false, *answer);
}

Document sasl_start(const Call& call) {
  auto reply = start_scram(call, call.body(), call.request.database);
  return reply ? ok_reply(*reply) : refused();
}

Document finish(const Call& call, std::string_view payload) {
  const SaslConversation& conversation = *call.connection.sasl;
  call.connection.authenticated = conversation.source + '.' + conversation.scram.user();
  call.connection.sasl.reset();
  DocumentBuilder reply = step(true, payload);
  return ok_reply(reply);
}

Document sasl_continue(const Call& call) {
  using Next = SaslConversation::Next;
  const auto payload = payload_of(call.body());
  auto& conversation = call.connection.sasl;
  if (!conversation || !payload || call.body().find_whole_number("conversationId") != 1) {
    conversation.reset();
    return refused();
  }
  if (conversation->next == Next::empty_exchange) return finish(call, "");
  const auto answer = conversation->scram.final_message(*payload);
  if (!answer) {
    conversation.reset();
    return refused();
  }
  if (conversation->skips_empty_exchange) return finish(call, *answer);
  conversation->next = Next::empty_exchange;
  DocumentBuilder reply = step(false, *answer);
  return ok_reply(reply);
}

/// X.509: the name is in the certificate that TLS has checked.
std::optional<DocumentBuilder> start_x509(const Call& call, wire::DocumentView command) {
  const auto& subject = call.connection.certificate_subject;
  const auto user = command.find_string("user");
  if (command.find_string("mechanism") != "MONGODB-X509" || !subject ||
      (user && user != *subject)) {
    return std::nullopt;
  }
  call.connection.authenticated = "$external." + *subject;
  DocumentBuilder reply;
  reply.string("dbname", "$external").string("user", *subject);
  return reply;
}

Document authenticate(const Call& call) {
  auto reply = start_x509(call, call.body());
  return reply ? ok_reply(*reply) : refused();
}

Document log_out(const Call& call) {
  call.connection.authenticated.reset();
  return ok_reply();
}

}  // namespace

std::optional<Document> speculative_reply(const Call& call, wire::DocumentView start) {
  const std::string source(start.find_string("db").value_or("admin"));
  auto reply = start.find("saslStart") ? start_scram(call, start, source) : start_x509(call, start);
  if (!reply) return std::nullopt;
  return reply->build();
}

void add_sasl_commands(CommandTable& table) {
  table["saslStart"] = {.handler = sasl_start, .before_authentication = true};
  table["saslContinue"] = {.handler = sasl_continue, .before_authentication = true};
  table["authenticate"] = {.handler = authenticate, .before_authentication = true};
  table["logout"] = {.handler = log_out, .before_authentication = true};
}

}  // namespace cmap::serve
