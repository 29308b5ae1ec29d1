// Pieces of the text of a connection string.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cmap {

/// The text up to `end`, which with what precedes it is taken off `rest`; all if there is none.
std::string_view take_until(std::string_view& rest, char end);

/// Nothing if a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text);

/// ASCII only: keys of options are the same in any case (D-URI-6).
std::string lower_case(std::string_view text);

/// All of it, in decimal; nothing for other text and for what does not fit.
std::optional<std::int64_t> integer_of(std::string_view text);

/// How much of what follows the scheme precedes the first slash or question mark.
std::size_t authority_size(std::string_view rest);

/// Whether the value of the option, named in lower case, must never be shown.
bool is_secret_option(std::string_view key);

}  // namespace cmap
