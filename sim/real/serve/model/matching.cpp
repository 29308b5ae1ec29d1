// Equality of BSON values.
#include "sim/real/serve/model/matching.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace cmap::serve {
namespace {

std::optional<wire::ElementView> find_path(wire::DocumentView document, std::string_view path) {
  if (const auto whole = document.find(path)) return whole;
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto inner = document.find_document(path.substr(0, dot));
  if (!inner) return std::nullopt;
  return find_path(*inner, path.substr(dot + 1));
}

bool field_matches(wire::DocumentView document, const wire::ElementView& wanted) {
  const auto found = find_path(document, wanted.key());
  if (!found) return wanted.is_null();
  if (same_value(*found, wanted)) return true;
  const auto items = found->as_array();
  if (!items) return false;
  for (const wire::ElementView& item : *items) {
    if (same_value(item, wanted)) return true;
  }
  return false;
}

}  // namespace

std::string value_key(const wire::ElementView& value) {
  if (const auto whole = value.as_whole_number()) return "n" + std::to_string(*whole);
  std::string key(1, static_cast<char>(value.type()));
  key += wire::text_of(value.value());
  return key;
}

bool same_value(const wire::ElementView& a, const wire::ElementView& b) {
  const auto whole_a = a.as_whole_number();
  const auto whole_b = b.as_whole_number();
  if (whole_a || whole_b) return whole_a == whole_b;
  return a.type() == b.type() && std::ranges::equal(a.value(), b.value());
}

std::optional<std::chrono::milliseconds> sleep_in(wire::DocumentView filter) {
  constexpr std::string_view begin = "sleep(";
  constexpr std::string_view end = ") || true";
  std::string_view text = filter.find_string("$where").value_or("");
  if (!text.starts_with(begin) || !text.ends_with(end)) return std::nullopt;
  text = text.substr(begin.size(), text.size() - begin.size() - end.size());
  constexpr std::int64_t a_day = 86'400'000;
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  if (!is_whole || number < 0 || number > a_day) return std::nullopt;
  return std::chrono::milliseconds(number);
}

std::optional<wire::Failure> check_filter(wire::DocumentView filter) {
  for (const wire::ElementView& field : filter) {
    const auto value = field.as_document();
    const bool has_operator = value && !value->empty() && value->begin()->key().starts_with('$');
    if (!has_operator && !field.key().starts_with('$')) continue;
    if (field.key() == "$where" && sleep_in(filter)) continue;
    std::string message = "this server finds by equality alone; it does not know ";
    message += has_operator ? value->begin()->key() : field.key();
    return wire::Failure{message};
  }
  return std::nullopt;
}

bool matches(wire::DocumentView document, wire::DocumentView filter) {
  for (const wire::ElementView& field : filter) {
    if (field.key() == "$where") continue;  // it only takes time
    if (!field_matches(document, field)) return false;
  }
  return true;
}

}  // namespace cmap::serve
