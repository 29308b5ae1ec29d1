// Authentication of one connection: which commands to send, and what their replies mean (D.7).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "pool/wire/bson.hpp"
#include "pool/wire/credential.hpp"
#include "pool/wire/hello_reply.hpp"
#include "pool/wire/result.hpp"
#include "pool/wire/scram.hpp"

namespace cmap::wire {

/// Fills in bytes that nobody can predict. In simulations: seeded ones.
using NonceSource = std::function<void(std::span<std::uint8_t>)>;

// The commands, without `$db`: that is the source of the credential.
Document sasl_start_command(AuthenticationMechanism mechanism, std::string_view payload);
Document sasl_continue_command(std::int32_t conversation_id, std::string_view payload);
/// `user` may be empty.
Document x509_command(std::string_view user);

/// A reply to saslStart and saslContinue, and what hello answers to speculativeAuthenticate.
struct SaslReply {
  std::int32_t conversation_id = 0;
  bool done = false;
  std::string payload;
};
Result<SaslReply> parse_sasl_reply(DocumentView reply);

/// The mechanism after hello: the one given, else SCRAM-SHA-256 if the server listed it for the
/// user, else SCRAM-SHA-1 (D-AU-2).
AuthenticationMechanism negotiated_mechanism(const Credential& credential, const HelloReply& hello);

/// The conversation. First what hello shall carry; after hello `begin`, then `advance` with each
/// reply that is `ok: 1`. Both answer the next command for the source of the credential, or no
/// command: the client and the server have proved who they are. Every failure is final.
class Authentication {
 public:
  /// `credential` must stand `check`; `cache` may be null.
  Authentication(Credential credential, NonceSource nonces, std::shared_ptr<ScramKeyCache> cache);

  /// "<source>.<user>", if the mechanism is to be negotiated.
  [[nodiscard]] std::optional<std::string> sasl_supported_mechs() const;
  /// The first step, for hello to carry along. Call it once for a hello, or never.
  Document speculative_authenticate();

  Result<std::optional<Document>> begin(const HelloReply& hello);
  Result<std::optional<Document>> advance(DocumentView reply);

  [[nodiscard]] const std::string& source() const { return credential_.source; }
  /// For messages: what is spoken, or was last.
  [[nodiscard]] AuthenticationMechanism mechanism() const { return mechanism_; }

 private:
  enum class State : std::uint8_t { idle, speculated, first_sent, proof_sent, verified, done };

  Document start();
  Result<std::optional<Document>> advance_scram(DocumentView reply);

  Credential credential_;
  NonceSource nonces_;
  std::shared_ptr<ScramKeyCache> cache_;
  AuthenticationMechanism mechanism_;
  State state_ = State::idle;
  std::optional<ScramClient> scram_;
};

}  // namespace cmap::wire
