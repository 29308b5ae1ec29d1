// OpenSSL does the work.
#include "pool/wire/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "pool/api/assert.hpp"

namespace cmap::wire {
namespace {

const EVP_MD* algorithm(Hash hash) { return hash == Hash::sha1 ? EVP_sha1() : EVP_sha256(); }

}  // namespace

std::size_t hash_size(Hash hash) { return hash == Hash::sha1 ? 20 : 32; }

Bytes digest(Hash hash, ByteView bytes) {
  Bytes result(hash_size(hash));
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), result.data(), nullptr, algorithm(hash), nullptr);
  CMAP_ASSERT(done == 1);
  return result;
}

Bytes hmac(Hash hash, ByteView key, std::string_view text) {
  Bytes result(hash_size(hash));
  unsigned int size = 0;
  const auto* const done = HMAC(algorithm(hash), key.data(), static_cast<int>(key.size()),
                                bytes_of(text).data(), text.size(), result.data(), &size);
  CMAP_ASSERT(done != nullptr && size == result.size());
  return result;
}

Bytes pbkdf2(Hash hash, std::string_view password, ByteView salt, std::int32_t iterations) {
  Bytes result(hash_size(hash));
  const char* const text = password.data() ? password.data() : "";
  const int done = PKCS5_PBKDF2_HMAC(text, static_cast<int>(password.size()), salt.data(),
                                     static_cast<int>(salt.size()), iterations, algorithm(hash),
                                     static_cast<int>(result.size()), result.data());
  CMAP_ASSERT(done == 1);
  return result;
}

std::optional<std::string> md5_hex(std::string_view text) {
  constexpr std::size_t md5_size = 16;
  constexpr std::string_view digits = "0123456789abcdef";
  std::uint8_t result[md5_size];
  if (EVP_Digest(text.data(), text.size(), result, nullptr, EVP_md5(), nullptr) != 1) {
    return std::nullopt;
  }
  std::string hex;
  for (const std::uint8_t byte : result) {
    hex += digits[byte >> 4U];
    hex += digits[byte & 0xFU];
  }
  return hex;
}

bool equal_in_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Bytes exclusive_or(ByteView a, ByteView b) {
  CMAP_ASSERT(a.size() == b.size());
  Bytes result(a.begin(), a.end());
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<std::uint8_t>(result[i] ^ b[i]);
  }
  return result;
}

void wipe(Bytes& secret) { OPENSSL_cleanse(secret.data(), secret.size()); }
void wipe(std::string& secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

}  // namespace cmap::wire
