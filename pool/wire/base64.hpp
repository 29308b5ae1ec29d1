// Base64 (RFC 4648), as SCRAM needs it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pool/wire/bytes.hpp"

namespace cmap::wire {

std::string to_base64(ByteView bytes);
/// With padding and without blanks; nothing on anything else.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace cmap::wire
