// SASLprep (RFC 4013): different spellings of one password become one.
#pragma once

#include <string>
#include <string_view>

#include "pool/wire/result.hpp"

namespace cmap::wire {

/// `text` is UTF-8. Fails where it has characters that a password must not have.
Result<std::string> saslprep(std::string_view text);

}  // namespace cmap::wire
