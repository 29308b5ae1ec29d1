// Equality of BSON values.
#include "sim/real/serve/model/matching.hpp"

#include <algorithm>
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

std::optional<wire::Failure> check_filter(wire::DocumentView filter) {
  for (const wire::ElementView& field : filter) {
    const auto value = field.as_document();
    const bool has_operator = value && !value->empty() && value->begin()->key().starts_with('$');
    if (!has_operator && !field.key().starts_with('$')) continue;
    std::string message = "this server finds by equality alone; it does not know ";
    message += has_operator ? value->begin()->key() : field.key();
    return wire::Failure{message};
  }
  return std::nullopt;
}

bool matches(wire::DocumentView document, wire::DocumentView filter) {
  for (const wire::ElementView& field : filter) {
    if (!field_matches(document, field)) return false;
  }
  return true;
}

}  // namespace cmap::serve
