// Text form of service ids.
#include "pool/api/ids.hpp"

namespace cmap {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

std::optional<std::uint8_t> digit_value(char c) {
  if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  const std::size_t at = digits.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(at);
}

}  // namespace

std::optional<ServiceId> ServiceId::from_hex(std::string_view text) {
  if (text.size() != 2 * size) return std::nullopt;
  Bytes bytes{};
  for (std::size_t i = 0; i < size; ++i) {
    const auto high = digit_value(text[2 * i]);
    const auto low = digit_value(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return ServiceId(bytes);
}

std::string ServiceId::to_hex() const {
  std::string text;
  text.reserve(2 * size);
  for (const std::uint8_t byte : bytes_) {
    text += digits[byte >> 4];
    text += digits[byte & 0xF];
  }
  return text;
}

}  // namespace cmap
