// SASL commands around SCRAM, and X.509.
#include "pool/wire/authentication.hpp"

#include <array>
#include <limits>
#include <utility>

#include "pool/wire/base64.hpp"
#include "pool/wire/bson_builder.hpp"

namespace cmap::wire {
namespace {

constexpr std::size_t nonce_bytes = 24;

ScramMechanism scram_mechanism(AuthenticationMechanism mechanism) {
  CMAP_ASSERT(mechanism != AuthenticationMechanism::x509);
  return mechanism == AuthenticationMechanism::scram_sha_1 ? ScramMechanism::sha1
                                                           : ScramMechanism::sha256;
}

}  // namespace

Document sasl_start_command(AuthenticationMechanism mechanism, std::string_view payload) {
  return DocumentBuilder()
      .int32("saslStart", 1)
      .string("mechanism", mechanism_name(mechanism))
      .binary("payload", bytes_of(payload))
      .int32("autoAuthorize", 1)
      .document("options", DocumentBuilder().boolean("skipEmptyExchange", true).build())
      .build();
}

Document sasl_continue_command(std::int32_t conversation_id, std::string_view payload) {
  return DocumentBuilder()
      .int32("saslContinue", 1)
      .int32("conversationId", conversation_id)
      .binary("payload", bytes_of(payload))
      .build();
}

Document x509_command(std::string_view user) {
  DocumentBuilder command;
  command.int32("authenticate", 1);
  command.string("mechanism", mechanism_name(AuthenticationMechanism::x509));
  if (!user.empty()) command.string("user", user);
  return command.build();
}

Result<SaslReply> parse_sasl_reply(DocumentView reply) {
  const std::optional<std::int64_t> id = reply.find_whole_number("conversationId");
  const std::optional<bool> done = reply.find_flag("done");
  const std::optional<ElementView> payload = reply.find("payload");
  const std::optional<BinaryView> bytes = payload ? payload->as_binary() : std::nullopt;
  using Limits = std::numeric_limits<std::int32_t>;
  if (!id || *id < Limits::min() || *id > Limits::max() || !done || !bytes) {
    return Failure{"the server's reply to a SASL command lacks a field"};
  }
  return SaslReply{.conversation_id = static_cast<std::int32_t>(*id),
                   .done = *done,
                   .payload = std::string(text_of(bytes->bytes))};
}

AuthenticationMechanism negotiated_mechanism(const Credential& credential,
                                             const HelloReply& hello) {
  if (credential.mechanism) return *credential.mechanism;
  if (hello.sasl_supported_mechs) {
    for (const std::string& name : *hello.sasl_supported_mechs) {
      if (name == mechanism_name(AuthenticationMechanism::scram_sha_256)) {
        return AuthenticationMechanism::scram_sha_256;
      }
    }
  }
  return AuthenticationMechanism::scram_sha_1;
}

Authentication::Authentication(Credential credential, NonceSource nonces,
                               std::shared_ptr<ScramKeyCache> cache)
    : credential_(std::move(credential)),
      nonces_(std::move(nonces)),
      cache_(std::move(cache)),
      mechanism_(credential_.mechanism.value_or(AuthenticationMechanism::scram_sha_256)) {
  CMAP_ASSERT(!check(credential_));
}

std::optional<std::string> Authentication::sasl_supported_mechs() const {
  if (credential_.mechanism) return std::nullopt;
  std::string text = credential_.source;
  text += '.';
  text += credential_.user;
  return text;
}

/// The first command with `mechanism_`.
Document Authentication::start() {
  if (mechanism_ == AuthenticationMechanism::x509) return x509_command(credential_.user);
  std::array<std::uint8_t, nonce_bytes> nonce{};
  nonces_(nonce);
  scram_.emplace(scram_mechanism(mechanism_), credential_.user, credential_.password,
                 to_base64(nonce), cache_);
  return sasl_start_command(mechanism_, scram_->first_message());
}

Document Authentication::speculative_authenticate() {
  CMAP_ASSERT(state_ == State::idle);
  state_ = State::speculated;
  DocumentBuilder step;
  step.elements_of(start());
  step.string("db", credential_.source);
  return step.build();
}

Result<std::optional<Document>> Authentication::begin(const HelloReply& hello) {
  CMAP_ASSERT(state_ == State::idle || state_ == State::speculated);
  const bool answered = state_ == State::speculated && hello.speculative_authenticate;
  state_ = State::first_sent;
  if (answered) return advance(*hello.speculative_authenticate);
  mechanism_ = negotiated_mechanism(credential_, hello);
  return std::optional<Document>(start());
}

Result<std::optional<Document>> Authentication::advance(DocumentView reply) {
  if (mechanism_ != AuthenticationMechanism::x509) return advance_scram(reply);
  CMAP_ASSERT(state_ == State::first_sent);
  state_ = State::done;
  return std::optional<Document>();
}

Result<std::optional<Document>> Authentication::advance_scram(DocumentView reply) {
  const Result<SaslReply> sasl = parse_sasl_reply(reply);
  if (!sasl) return sasl.failure();
  switch (state_) {
    case State::first_sent: {
      if (sasl->done) return Failure{"the server ended the conversation before it proved itself"};
      const Result<std::string> answer = scram_->final_message(sasl->payload);
      if (!answer) return answer.failure();
      state_ = State::proof_sent;
      return std::optional<Document>(sasl_continue_command(sasl->conversation_id, *answer));
    }
    case State::proof_sent:
      if (std::optional<Failure> failure = scram_->verify(sasl->payload)) {
        return *std::move(failure);
      }
      state_ = State::verified;
      if (sasl->done) break;
      // Servers that do not know skipEmptyExchange (D-AU-5).
      return std::optional<Document>(sasl_continue_command(sasl->conversation_id, ""));
    case State::verified:
      if (!sasl->done) return Failure{"the server does not end the conversation"};
      break;
    case State::idle:
    case State::speculated:
    case State::done:
      return Failure{"the server answers what was not asked"};
  }
  state_ = State::done;
  return std::optional<Document>();
}

}  // namespace cmap::wire
