// The keys that SCRAM makes of a password, and a cache of them: they cost milliseconds on purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "pool/wire/bytes.hpp"
#include "pool/wire/result.hpp"

namespace cmap::wire {

enum class ScramMechanism : std::uint8_t { sha1, sha256 };

/// "SCRAM-SHA-1", "SCRAM-SHA-256".
std::string_view mechanism_name(ScramMechanism mechanism);

/// Less is refused (D-AU-4): somebody in the middle could ask for 1 to find the password.
inline constexpr std::int32_t min_scram_iterations = 4096;
/// More is refused, too: it would keep a thread busy for seconds or for hours.
inline constexpr std::int32_t max_scram_iterations = 1'000'000;

/// The password as SCRAM sees it: SASLprep for SHA-256, MongoDB's own digest for SHA-1 (D-AU-3).
Result<std::string> prepared_password(ScramMechanism mechanism, std::string_view user,
                                      std::string_view password);

struct ScramKeys {
  Bytes client_key;
  Bytes server_key;
};

/// Costs `iterations` hashes.
ScramKeys derive_scram_keys(ScramMechanism mechanism, std::string_view prepared_password,
                            ByteView salt, std::int32_t iterations);

/// Thread-safe. Derives while not locked, so two threads may derive the same keys at the same time.
class ScramKeyCache {
 public:
  explicit ScramKeyCache(std::size_t capacity = 64) : capacity_(capacity) {}

  /// Derives the keys where it does not have them; forgets the oldest ones when it is full.
  ScramKeys get(ScramMechanism mechanism, std::string_view prepared_password, ByteView salt,
                std::int32_t iterations);

  /// How often keys were derived.
  [[nodiscard]] std::size_t derivations() const;
  [[nodiscard]] std::size_t size() const;

 private:
  /// A digest of all that the keys depend on, so that no password is kept.
  using Key = Bytes;

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::map<Key, ScramKeys> entries_;
  std::deque<Key> oldest_first_;
  std::size_t derivations_ = 0;
};

}  // namespace cmap::wire
