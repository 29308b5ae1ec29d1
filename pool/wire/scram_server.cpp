// The server's side, for servers made for tests.
#include <utility>

#include "pool/wire/base64.hpp"
#include "pool/wire/scram.hpp"
#include "pool/wire/scram_hash.hpp"

namespace cmap::wire {
namespace {

std::optional<std::string> unescaped(std::string_view user) {
  std::string text;
  for (std::size_t i = 0; i < user.size(); ++i) {
    if (user[i] != '=') {
      text += user[i];
      continue;
    }
    const std::string_view code = user.substr(i, 3);
    if (code != "=2C" && code != "=3D") return std::nullopt;
    text += code == "=2C" ? ',' : '=';
    i += 2;
  }
  return text;
}

/// The header in front of the client's first message: "n,," or "y,,".
std::optional<std::string_view> gs2_header_of(std::string_view client_first) {
  const std::string_view header = client_first.substr(0, 3);
  if (header != "n,," && header != "y,,") return std::nullopt;
  return header;
}

}  // namespace

Result<ScramCredential> make_scram_credential(ScramMechanism mechanism, std::string_view user,
                                              std::string_view password, Bytes salt,
                                              std::int32_t iterations) {
  Result<std::string> prepared = prepared_password(mechanism, user, password);
  if (!prepared) return prepared.failure();
  ScramKeys keys = derive_scram_keys(mechanism, *prepared, salt, iterations);
  wipe(*prepared);
  return ScramCredential{.salt = std::move(salt),
                         .iterations = iterations,
                         .stored_key = digest(hash_of(mechanism), keys.client_key),
                         .server_key = std::move(keys.server_key)};
}

Result<std::string> ScramServer::first_message(std::string_view client_first) {
  const Failure malformed{"the client's first SCRAM message is malformed"};
  const std::optional<std::string_view> header = gs2_header_of(client_first);
  if (!header) return malformed;
  const std::string_view bare = client_first.substr(header->size());
  ScramAttributes attributes(bare);
  const std::optional<std::string_view> user = attributes.take('n');
  const std::optional<std::string_view> client_nonce = attributes.take('r');
  if (!user || !client_nonce || !is_scram_nonce(*client_nonce)) return malformed;
  std::optional<std::string> name = unescaped(*user);
  if (!name) return malformed;
  user_ = *std::move(name);
  std::optional<ScramCredential> credential = lookup_(user_);
  if (!credential) return Failure{"there is no user " + user_};

  credential_ = *std::move(credential);
  nonce_.insert(0, *client_nonce);
  channel_binding_ = to_base64(bytes_of(*header));
  client_first_bare_ = bare;
  server_first_ = "r=";
  server_first_ += nonce_;
  server_first_ += ",s=";
  server_first_ += to_base64(credential_.salt);
  server_first_ += ",i=";
  server_first_ += std::to_string(credential_.iterations);
  return server_first_;
}

Result<std::string> ScramServer::final_message(std::string_view client_final) {
  if (server_first_.empty()) return Failure{"the SCRAM conversation has not begun"};
  const std::size_t before_proof = client_final.rfind(",p=");
  ScramAttributes attributes(client_final);
  const std::optional<std::string_view> binding = attributes.take('c');
  const std::optional<std::string_view> nonce = attributes.take('r');
  const std::optional<std::string_view> proof_text = attributes.take('p');
  if (!binding || !nonce || !proof_text) {
    return Failure{"the client's final SCRAM message is malformed"};
  }
  if (*binding != channel_binding_ || *nonce != nonce_) {
    return Failure{"the client's final SCRAM message belongs to another conversation"};
  }
  std::string signed_text = client_first_bare_;
  signed_text += ',';
  signed_text += server_first_;
  signed_text += ',';
  signed_text += client_final.substr(0, before_proof);

  const Hash hash = hash_of(mechanism_);
  const std::optional<Bytes> proof = from_base64(*proof_text);
  if (!proof || proof->size() != hash_size(hash)) return Failure{"the proof is malformed"};
  const Bytes signature = hmac(hash, credential_.stored_key, signed_text);
  const Bytes client_key = exclusive_or(*proof, signature);
  if (!equal_in_constant_time(digest(hash, client_key), credential_.stored_key)) {
    return Failure{"the client does not know the password"};
  }
  std::string message = "v=";
  message += to_base64(hmac(hash, credential_.server_key, signed_text));
  return message;
}

}  // namespace cmap::wire
