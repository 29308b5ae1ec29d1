// SCRAM-SHA-1 and SCRAM-SHA-256 (RFC 5802, RFC 7677, D.7): the messages of both sides. Nonces come
// from outside; so does nothing else.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "pool/wire/bytes.hpp"
#include "pool/wire/result.hpp"
#include "pool/wire/scram_keys.hpp"

namespace cmap::wire {

/// The client: first_message, final_message, verify; each once, in this order. After a failure it
/// is over.
class ScramClient {
 public:
  /// `nonce`: unpredictable printable text without commas, such as base64 of 24 random bytes.
  /// `cache` may be null.
  ScramClient(ScramMechanism mechanism, std::string user, std::string password, std::string nonce,
              std::shared_ptr<ScramKeyCache> cache = nullptr);
  ~ScramClient();
  ScramClient(ScramClient&&) noexcept = default;
  ScramClient& operator=(ScramClient&&) noexcept = default;

  [[nodiscard]] ScramMechanism mechanism() const { return mechanism_; }

  [[nodiscard]] std::string first_message() const;
  /// Answers the server's first message with the proof that the client knows the password.
  Result<std::string> final_message(std::string_view server_first);
  /// Checks that the server knows it too. Nothing: it does.
  std::optional<Failure> verify(std::string_view server_final);

 private:
  [[nodiscard]] std::string first_message_bare() const;

  ScramMechanism mechanism_;
  std::string user_;
  std::string password_;
  std::string nonce_;
  std::shared_ptr<ScramKeyCache> cache_;
  Bytes expected_signature_;  ///< empty before the final message
};

/// What a server stores of a user instead of the password.
struct ScramCredential {
  Bytes salt;
  std::int32_t iterations = 0;
  Bytes stored_key;
  Bytes server_key;
};

Result<ScramCredential> make_scram_credential(ScramMechanism mechanism, std::string_view user,
                                              std::string_view password, Bytes salt,
                                              std::int32_t iterations);

/// The server: first_message, final_message; each once, in this order. After a failure it is over.
class ScramServer {
 public:
  using Lookup = std::function<std::optional<ScramCredential>(const std::string& user)>;

  /// `nonce` as with the client; `lookup` finds the credential of a user.
  ScramServer(ScramMechanism mechanism, std::string nonce, const Lookup& lookup)
      : mechanism_(mechanism), nonce_(std::move(nonce)), lookup_(lookup) {}

  /// Answers the client's first message.
  Result<std::string> first_message(std::string_view client_first);
  /// Checks the client's proof, and answers with the server's own. Failure: wrong password.
  Result<std::string> final_message(std::string_view client_final);

  /// Who wants to authenticate, after the first message.
  [[nodiscard]] const std::string& user() const { return user_; }

 private:
  ScramMechanism mechanism_;
  std::string nonce_;  ///< from the first message on: of both
  Lookup lookup_;
  std::string user_;
  std::string channel_binding_;  ///< what the client said about it, in base64
  std::string client_first_bare_;
  std::string server_first_;
  ScramCredential credential_;
};

}  // namespace cmap::wire
