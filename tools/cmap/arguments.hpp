// Values on the command line, and words for those that cannot be used.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pool/api/time.hpp"
#include "sim/pool_under_test.hpp"
#include "spec-tests/problem.hpp"

namespace cmap::tools {

/// `--port "x": expected a number`.
inline std::string unexpected(std::string_view option, std::string_view value,
                              std::string_view expected) {
  std::string text(option);
  text += ' ';
  text += spec_tests::in_quotes(value);
  text += ": expected ";
  text += expected;
  return text;
}

/// Nothing unless all of `text` is a number that fits.
template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

/// An integer that is not less than `least`. Throws BadUse.
std::uint64_t integer_of(std::string_view option, std::string_view text, std::uint64_t least);

/// "10s", "500ms", "2m", "1h"; a bare number is in seconds. Not zero. Throws BadUse.
Duration time_of(std::string_view option, std::string_view text);

/// Short, so that people can type it. The only chance that no seed decides.
std::uint64_t any_seed();

/// Of `--pool`: also the broken models, by the names of their defects. Throws BadUse.
sim::PoolFactory pool_factory(const std::string& name);

}  // namespace cmap::tools
