// Cutting and decoding, and what must not be shown.
#include "pool/client/uri_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "pool/client/connection_string.hpp"

namespace cmap {
namespace {

constexpr std::array<std::string_view, 3> secret_options{
    "tlscertificatekeyfilepassword", "proxypassword", "authmechanismproperties"};

std::optional<char> hex_byte(std::string_view digits) {
  std::uint8_t value = 0;
  if (digits.size() != 2) return std::nullopt;
  const auto result = std::from_chars(digits.data(), digits.data() + 2, value, 16);
  if (result.ec != std::errc() || result.ptr != digits.data() + 2) return std::nullopt;
  return static_cast<char>(value);
}

/// Behind scheme://, or the beginning where a slip has spoilt that.
std::size_t scheme_end(std::string_view text) {
  constexpr std::string_view separator = "://";
  const std::size_t at = std::min(text.find_first_of(":/?@"), text.size());
  return text.substr(at).starts_with(separator) ? at + separator.size() : 0;
}

/// An & of a password that is not encoded does not end it: to show too little is better.
std::size_t option_value_size(std::string_view rest) {
  for (std::size_t end = rest.find('&'); end != std::string_view::npos;
       end = rest.find('&', end + 1)) {
    if (rest.find('=', end) < rest.find('&', end + 1)) return end;
  }
  return rest.size();
}

/// The same text with "***" for the values of such options, wherever they are.
std::string without_secret_options(std::string text) {
  for (const std::string_view secret : secret_options) {
    const std::string option = std::string(secret) + '=';
    for (std::size_t at = 0; (at = lower_case(text).find(option, at)) != std::string::npos;) {
      at += option.size();
      text.replace(at, option_value_size(std::string_view(text).substr(at)), "***");
    }
  }
  return text;
}

/// Where the @ behind the credentials is, or where a reserved character in a password puts it: to
/// show too little is better than to show too much.
std::size_t credentials_end(std::string_view rest) {
  constexpr std::size_t none = std::string_view::npos;
  const std::size_t in_authority = rest.substr(0, authority_size(rest)).rfind('@');
  const std::size_t before_options = rest.substr(0, rest.find('=')).rfind('@');
  if (in_authority == none && before_options == none) return rest.rfind('@');
  if (in_authority == none || before_options == none) return std::min(in_authority, before_options);
  return std::max(in_authority, before_options);
}

}  // namespace

std::string_view take_until(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return part;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto byte = hex_byte(text.substr(i + 1, 2));
    if (!byte) return std::nullopt;
    decoded += *byte;
    i += 2;
  }
  return decoded;
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::optional<std::int64_t> integer_of(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

std::size_t authority_size(std::string_view rest) {
  return std::min(rest.find_first_of("/?"), rest.size());
}

bool is_secret_option(std::string_view key) {
  return std::ranges::find(secret_options, key) != secret_options.end();
}

std::string without_password(std::string_view given) {
  const std::string text = without_secret_options(std::string(given));
  const std::size_t begin = scheme_end(text);
  const std::string_view rest = std::string_view(text).substr(begin);
  const std::size_t at = credentials_end(rest);
  const std::size_t colon = rest.find(':');
  if (at == std::string_view::npos || colon > at) return text;
  return text.substr(0, begin + colon + 1) + "***" + std::string(rest.substr(at));
}

}  // namespace cmap
