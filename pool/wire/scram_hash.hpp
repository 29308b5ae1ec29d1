// What both sides of a SCRAM conversation compute and read. Internal to pool/wire.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "pool/wire/crypto.hpp"
#include "pool/wire/scram_keys.hpp"

namespace cmap::wire {

constexpr Hash hash_of(ScramMechanism mechanism) {
  return mechanism == ScramMechanism::sha1 ? Hash::sha1 : Hash::sha256;
}

/// Takes the attributes of a SCRAM message ("r=abc,s=def") one by one, in the order they must have.
class ScramAttributes {
 public:
  explicit ScramAttributes(std::string_view message) : rest_(message) {}

  /// The value of the next attribute, if it has that name.
  std::optional<std::string_view> take(char name) {
    if (rest_.size() < 2 || rest_[0] != name || rest_[1] != '=') return std::nullopt;
    const std::size_t end = std::min(rest_.find(','), rest_.size());
    const std::string_view value = rest_.substr(2, end - 2);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return value;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// Printable ASCII without commas, and not empty.
inline bool is_scram_nonce(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c < 0x21 || c > 0x7E || c == ',') return false;
  }
  return true;
}

}  // namespace cmap::wire
