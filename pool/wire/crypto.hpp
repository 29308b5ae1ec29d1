// Hashes as SCRAM needs them. Internal to pool/wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pool/wire/bytes.hpp"

namespace cmap::wire {

enum class Hash : std::uint8_t { sha1, sha256 };

std::size_t hash_size(Hash hash);
Bytes digest(Hash hash, ByteView bytes);
Bytes hmac(Hash hash, ByteView key, std::string_view text);
Bytes pbkdf2(Hash hash, std::string_view password, ByteView salt, std::int32_t iterations);

/// In lower case. Nothing where the system forbids MD5.
std::optional<std::string> md5_hex(std::string_view text);

/// Takes the same time wherever the difference is.
bool equal_in_constant_time(ByteView a, ByteView b);
/// Of equal sizes.
Bytes exclusive_or(ByteView a, ByteView b);
/// Overwrites a secret before its memory is given back.
void wipe(Bytes& secret);
void wipe(std::string& secret);

}  // namespace cmap::wire
