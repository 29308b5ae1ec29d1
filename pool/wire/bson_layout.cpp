// One table of sizes, which both reading and the check of untrusted bytes use.
#include "pool/wire/bson_layout.hpp"

#include <vector>

#include <bson/bson.h>

namespace cmap::wire {
namespace {

constexpr std::size_t length_size = sizeof(std::int32_t);
constexpr std::size_t smallest_document = length_size + 1;
constexpr std::size_t object_id_size = 12;

/// What the length at the beginning of `bytes` says, if that is at least `smallest` and there.
std::optional<std::size_t> stated_size(ByteView bytes, std::size_t smallest, std::size_t extra) {
  if (bytes.size() < length_size) return std::nullopt;
  const auto stated = load<std::int32_t>(bytes);
  if (stated < 0 || static_cast<std::size_t>(stated) < smallest) return std::nullopt;
  const std::size_t size = static_cast<std::size_t>(stated) + extra;
  if (size > bytes.size()) return std::nullopt;
  return size;
}

std::optional<std::size_t> ending_in_zero(ByteView bytes, std::optional<std::size_t> size) {
  if (!size || bytes[*size - 1] != 0) return std::nullopt;
  return size;
}

std::optional<std::size_t> document_size(ByteView bytes) {
  return ending_in_zero(bytes, stated_size(bytes, smallest_document, 0));
}

std::optional<std::size_t> string_size(ByteView bytes) {
  return ending_in_zero(bytes, stated_size(bytes, 1, length_size));
}

/// Its length counts all of it: length, string, document.
std::optional<std::size_t> code_with_scope_size(ByteView bytes) {
  const std::optional<std::size_t> size = stated_size(bytes, 3 * length_size + 2, 0);
  if (!size) return std::nullopt;
  const ByteView parts = bytes.first(*size).subspan(length_size);
  const std::optional<std::size_t> code = string_size(parts);
  if (!code) return std::nullopt;
  const std::optional<std::size_t> scope = document_size(parts.subspan(*code));
  if (!scope || length_size + *code + *scope != *size) return std::nullopt;
  return size;
}

std::optional<std::size_t> regular_expression_size(ByteView bytes) {
  ByteReader reader(bytes);
  if (!reader.cstring() || !reader.cstring()) return std::nullopt;
  return bytes.size() - reader.rest().size();
}

/// `bytes`: all that is left of the document.
std::optional<std::size_t> value_size(ElementType type, ByteView bytes) {
  switch (type) {
    case ElementType::undefined:
    case ElementType::null:
    case ElementType::max_key:
    case ElementType::min_key:
      return 0;
    case ElementType::boolean:
      return 1;
    case ElementType::int32:
      return 4;
    case ElementType::number_double:
    case ElementType::date:
    case ElementType::timestamp:
    case ElementType::int64:
      return 8;
    case ElementType::object_id:
      return object_id_size;
    case ElementType::decimal128:
      return 16;
    case ElementType::string:
    case ElementType::code:
    case ElementType::symbol:
      return string_size(bytes);
    case ElementType::document:
    case ElementType::array:
      return document_size(bytes);
    case ElementType::binary:
      return stated_size(bytes, 0, length_size + 1);
    case ElementType::regular_expression:
      return regular_expression_size(bytes);
    case ElementType::db_pointer: {
      const std::optional<std::size_t> name = string_size(bytes);
      if (!name) return std::nullopt;
      return *name + object_id_size;
    }
    case ElementType::code_with_scope:
      return code_with_scope_size(bytes);
  }
  return std::nullopt;  // no type of BSON
}

/// The document inside of an element, if there is one.
std::optional<ByteView> nested(const ElementView& element) {
  switch (element.type()) {
    case ElementType::document:
    case ElementType::array:
      return element.value();
    case ElementType::code_with_scope: {
      const ByteView parts = element.value().subspan(length_size);
      return parts.subspan(*string_size(parts));
    }
    default:
      return std::nullopt;
  }
}

bool is_utf8(std::string_view text) {
  return bson_utf8_validate(text.data(), text.size(), true);  // zero bytes are allowed
}

/// The text that a string, a piece of code, ... begins with.
std::string_view leading_text(ByteView value) {
  const ByteView text = value.first(*string_size(value)).subspan(length_size);
  return text_of(text.first(text.size() - 1));
}

bool has_valid_text(const ElementView& element) {
  switch (element.type()) {
    case ElementType::string:
    case ElementType::code:
    case ElementType::symbol:
    case ElementType::db_pointer:
      return is_utf8(leading_text(element.value()));
    case ElementType::code_with_scope:
      return is_utf8(leading_text(element.value().subspan(length_size)));
    case ElementType::regular_expression:
      return is_utf8(text_of(element.value()));
    default:
      return true;
  }
}

}  // namespace

std::optional<PlacedElement> element_at(ByteView document, std::size_t offset) {
  // The last byte ends the document: no element may reach into it.
  if (document.size() < smallest_document || offset >= document.size() - 1) return std::nullopt;
  ByteReader reader(document.first(document.size() - 1).subspan(offset));
  const auto type = static_cast<ElementType>(*reader.number<std::uint8_t>());
  const std::optional<std::string_view> key = reader.cstring();
  if (!key) return std::nullopt;
  const std::optional<std::size_t> size = value_size(type, reader.rest());
  if (!size) return std::nullopt;
  const std::optional<ByteView> value = reader.take(*size);
  if (!value) return std::nullopt;
  return PlacedElement{.element = ElementView(*key, type, *value),
                       .next = document.size() - 1 - reader.rest().size()};
}

std::optional<Failure> check_document(ByteView document) {
  if (document_size(document) != document.size()) {
    return Failure{"the length of a BSON document is wrong"};
  }
  struct Level {
    ByteView document;
    std::size_t offset;
  };
  std::vector<Level> levels{{document, length_size}};
  while (!levels.empty()) {
    Level& level = levels.back();
    if (level.offset == level.document.size() - 1) {
      levels.pop_back();
      continue;
    }
    const std::optional<PlacedElement> placed = element_at(level.document, level.offset);
    if (!placed) return Failure{"an element of a BSON document is malformed"};
    if (!has_valid_text(placed->element)) {
      return Failure{"a text in a BSON document is not UTF-8"};
    }
    level.offset = placed->next;
    if (const std::optional<ByteView> inner = nested(placed->element)) {
      if (levels.size() == max_document_depth) return Failure{"BSON is nested too deeply"};
      levels.push_back({*inner, length_size});
    }
  }
  return std::nullopt;
}

}  // namespace cmap::wire
