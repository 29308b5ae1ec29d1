// Derivation (RFC 5802, section 3) and the cache.
#include "pool/wire/scram_keys.hpp"

#include <optional>

#include "pool/wire/crypto.hpp"
#include "pool/wire/saslprep.hpp"
#include "pool/wire/scram_hash.hpp"

namespace cmap::wire {

std::string_view mechanism_name(ScramMechanism mechanism) {
  switch (mechanism) {
    case ScramMechanism::sha1:
      return "SCRAM-SHA-1";
    case ScramMechanism::sha256:
      return "SCRAM-SHA-256";
  }
  return "?";
}

Result<std::string> prepared_password(ScramMechanism mechanism, std::string_view user,
                                      std::string_view password) {
  if (mechanism == ScramMechanism::sha256) return saslprep(password);
  std::string text(user);
  text += ":mongo:";
  text += password;
  std::optional<std::string> hex = md5_hex(text);
  wipe(text);
  if (!hex) return Failure{"SCRAM-SHA-1 needs MD5, which this system does not allow"};
  return *std::move(hex);
}

ScramKeys derive_scram_keys(ScramMechanism mechanism, std::string_view prepared_password,
                            ByteView salt, std::int32_t iterations) {
  const Hash hash = hash_of(mechanism);
  Bytes salted_password = pbkdf2(hash, prepared_password, salt, iterations);
  ScramKeys keys{.client_key = hmac(hash, salted_password, "Client Key"),
                 .server_key = hmac(hash, salted_password, "Server Key")};
  wipe(salted_password);
  return keys;
}

ScramKeys ScramKeyCache::get(ScramMechanism mechanism, std::string_view prepared_password,
                             ByteView salt, std::int32_t iterations) {
  // Its parts have a fixed size or come last, so that two different sets of them never look alike.
  Bytes parts = digest(Hash::sha256, bytes_of(prepared_password));
  parts.push_back(static_cast<std::uint8_t>(mechanism));
  append_number(parts, iterations);
  append(parts, salt);
  const Key key = digest(Hash::sha256, parts);
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = entries_.find(key); found != entries_.end()) return found->second;
    ++derivations_;
  }
  ScramKeys keys = derive_scram_keys(mechanism, prepared_password, salt, iterations);

  const std::lock_guard lock(mutex_);
  if (capacity_ == 0 || !entries_.emplace(key, keys).second) return keys;
  oldest_first_.push_back(key);
  if (oldest_first_.size() > capacity_) {
    entries_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return keys;
}

std::size_t ScramKeyCache::derivations() const {
  const std::lock_guard lock(mutex_);
  return derivations_;
}

std::size_t ScramKeyCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace cmap::wire
