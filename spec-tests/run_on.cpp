// runOn: for which versions of the server a scenario is meant.
#include <array>
#include <charconv>
#include <compare>
#include <string>
#include <utility>

#include "spec-tests/readers.hpp"

namespace cmap::spec_tests {
namespace {

using Version = std::array<std::int64_t, 3>;

/// "4.4" or "4.4.0".
std::optional<Version> parse_version(std::string_view text) {
  Version version{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t part = 0; part < version.size(); ++part) {
    if (at == end || *at < '0' || *at > '9') return std::nullopt;
    const auto result = std::from_chars(at, end, version[part]);
    if (result.ec != std::errc()) return std::nullopt;
    at = result.ptr;
    if (at == end) return part > 0 ? std::optional(version) : std::nullopt;
    if (*at++ != '.') return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Version> read_version(ObjectReader& keys, std::string_view key) {
  const Value* value = keys.find(key);
  const auto text = read_string(value, key, keys.problems());
  if (!text) return std::nullopt;
  auto version = parse_version(*text);
  if (!version) {
    std::string message(key);
    message += " must be a version as \"4.4.0\", but is ";
    message += in_quotes(*text);
    keys.problems().add(value->mark, std::move(message));
  }
  return version;
}

}  // namespace

std::optional<std::string> read_run_on(const Value* value, Problems& problems) {
  bool fits = false;
  const auto alternatives = read_list(value, "runOn", problems);
  for (const Value& alternative : alternatives) {
    ObjectReader keys(alternative, "runOn", problems);
    const auto min = read_version(keys, "minServerVersion");
    const auto max = read_version(keys, "maxServerVersion");
    keys.finish();
    fits = fits ||
           ((!min || *min <= declared_server_version) && (!max || *max >= declared_server_version));
  }
  if (alternatives.empty() || fits) return std::nullopt;
  std::string reason = "runOn does not include the declared server version ";
  for (const std::int64_t part : declared_server_version) {
    reason += (reason.ends_with(' ') ? "" : ".") + std::to_string(part);
  }
  return reason;
}

}  // namespace cmap::spec_tests
