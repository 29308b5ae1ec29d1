// The client's side.
#include <charconv>
#include <utility>

#include "pool/wire/base64.hpp"
#include "pool/wire/scram.hpp"
#include "pool/wire/scram_hash.hpp"

namespace cmap::wire {
namespace {

/// No channel binding, which no server supports, and no other authorisation name.
constexpr std::string_view gs2_header = "n,,";
constexpr std::string_view gs2_header_in_base64 = "biws";

struct ServerFirst {
  std::string_view nonce;
  Bytes salt;
  std::int32_t iterations = 0;
};

std::string escaped(const std::string& user) {
  std::string text;
  for (const char c : user) {
    if (c == '=') {
      text += "=3D";
    } else if (c == ',') {
      text += "=2C";
    } else {
      text += c;
    }
  }
  return text;
}

Result<ServerFirst> parse_server_first(std::string_view message) {
  const Failure malformed{"the server's first SCRAM message is malformed"};
  ScramAttributes attributes(message);
  const std::optional<std::string_view> nonce = attributes.take('r');
  const std::optional<std::string_view> salt = attributes.take('s');
  const std::optional<std::string_view> iterations = attributes.take('i');
  if (!nonce || !salt || !iterations || !is_scram_nonce(*nonce)) return malformed;
  ServerFirst first{.nonce = *nonce};
  std::optional<Bytes> salt_bytes = from_base64(*salt);
  if (!salt_bytes || salt_bytes->empty()) return malformed;
  first.salt = *std::move(salt_bytes);
  const char* const end = iterations->data() + iterations->size();
  const auto [stop, error] = std::from_chars(iterations->data(), end, first.iterations);
  if (error != std::errc() || stop != end) return malformed;
  return first;
}

}  // namespace

ScramClient::ScramClient(ScramMechanism mechanism, std::string user, std::string password,
                         std::string nonce, std::shared_ptr<ScramKeyCache> cache)
    : mechanism_(mechanism),
      user_(std::move(user)),
      password_(std::move(password)),
      nonce_(std::move(nonce)),
      cache_(std::move(cache)) {
  CMAP_ASSERT(is_scram_nonce(nonce_));
}

ScramClient::~ScramClient() { wipe(password_); }

std::string ScramClient::first_message_bare() const {
  std::string message = "n=";
  message += escaped(user_);
  message += ",r=";
  message += nonce_;
  return message;
}

std::string ScramClient::first_message() const {
  std::string message(gs2_header);
  message += first_message_bare();
  return message;
}

Result<std::string> ScramClient::final_message(std::string_view server_first) {
  const Result<ServerFirst> first = parse_server_first(server_first);
  if (!first) return first.failure();
  if (!first->nonce.starts_with(nonce_) || first->nonce.size() == nonce_.size()) {
    return Failure{"the server's SCRAM nonce does not continue the client's"};
  }
  if (first->iterations < min_scram_iterations || first->iterations > max_scram_iterations) {
    return Failure{"the server asks for " + std::to_string(first->iterations) +
                   " SCRAM iterations; 4,096 to 1,000,000 are accepted"};
  }
  Result<std::string> password = prepared_password(mechanism_, user_, password_);
  if (!password) return password.failure();
  const ScramKeys keys =
      cache_ ? cache_->get(mechanism_, *password, first->salt, first->iterations)
             : derive_scram_keys(mechanism_, *password, first->salt, first->iterations);
  wipe(*password);

  std::string message = "c=";
  message += gs2_header_in_base64;
  message += ",r=";
  message += first->nonce;
  std::string signed_text = first_message_bare();
  signed_text += ',';
  signed_text += server_first;
  signed_text += ',';
  signed_text += message;

  const Hash hash = hash_of(mechanism_);
  const Bytes signature = hmac(hash, digest(hash, keys.client_key), signed_text);
  message += ",p=";
  message += to_base64(exclusive_or(keys.client_key, signature));
  expected_signature_ = hmac(hash, keys.server_key, signed_text);
  return message;
}

std::optional<Failure> ScramClient::verify(std::string_view server_final) {
  ScramAttributes attributes(server_final);
  if (const auto error = attributes.take('e')) {
    return Failure{"the server ended the SCRAM conversation: " + std::string(*error)};
  }
  const std::optional<std::string_view> value = attributes.take('v');
  const std::optional<Bytes> signature = value ? from_base64(*value) : std::nullopt;
  if (!signature || expected_signature_.empty() ||
      !equal_in_constant_time(*signature, expected_signature_)) {
    return Failure{"the server did not prove that it knows the password"};
  }
  return std::nullopt;
}

}  // namespace cmap::wire
