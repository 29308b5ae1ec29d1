// Reading. libbson judges, too, and prints; it never sees bytes whose structure is wrong.
#include "pool/wire/bson.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <bson/bson.h>

#include "pool/wire/bson_layout.hpp"

namespace cmap::wire {
namespace {

constexpr std::array<std::uint8_t, 5> empty_document = {5, 0, 0, 0, 0};

/// The value as a number of type Number, if the element is of `type`.
template <typename Number>
std::optional<Number> number_of(const ElementView& element, ElementType type) {
  if (element.type() != type) return std::nullopt;
  return load<Number>(element.value());
}

/// A double that int64 can hold without loss.
std::optional<std::int64_t> whole(double number) {
  constexpr double limit = 9223372036854775808.0;  // 2^63
  if (!(number >= -limit && number < limit) || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

std::optional<double> ElementView::as_double() const {
  return number_of<double>(*this, ElementType::number_double);
}

std::optional<std::string_view> ElementView::as_string() const {
  if (type_ != ElementType::string) return std::nullopt;
  const ByteView text = value_.subspan(sizeof(std::int32_t));
  return text_of(text.first(text.size() - 1));
}

std::optional<DocumentView> ElementView::as_document() const {
  if (type_ != ElementType::document) return std::nullopt;
  return DocumentView(value_);
}

std::optional<DocumentView> ElementView::as_array() const {
  if (type_ != ElementType::array) return std::nullopt;
  return DocumentView(value_);
}

std::optional<BinaryView> ElementView::as_binary() const {
  if (type_ != ElementType::binary) return std::nullopt;
  return BinaryView{.subtype = value_[sizeof(std::int32_t)],
                    .bytes = value_.subspan(sizeof(std::int32_t) + 1)};
}

std::optional<ObjectId> ElementView::as_object_id() const {
  return number_of<ObjectId>(*this, ElementType::object_id);
}

std::optional<bool> ElementView::as_bool() const {
  if (type_ != ElementType::boolean) return std::nullopt;
  return value_[0] != 0;
}

std::optional<Date> ElementView::as_date() const {
  const auto count = number_of<std::int64_t>(*this, ElementType::date);
  if (!count) return std::nullopt;
  return Date(*count);
}

std::optional<std::int32_t> ElementView::as_int32() const {
  return number_of<std::int32_t>(*this, ElementType::int32);
}

std::optional<Timestamp> ElementView::as_timestamp() const {
  const auto both = number_of<std::uint64_t>(*this, ElementType::timestamp);
  if (!both) return std::nullopt;
  return Timestamp{.seconds = static_cast<std::uint32_t>(*both >> 32),
                   .increment = static_cast<std::uint32_t>(*both)};
}

std::optional<std::int64_t> ElementView::as_int64() const {
  return number_of<std::int64_t>(*this, ElementType::int64);
}

std::optional<std::int64_t> ElementView::as_whole_number() const {
  if (const auto number = as_int32()) return *number;
  if (const auto number = as_int64()) return *number;
  if (const auto number = as_double()) return whole(*number);
  return std::nullopt;
}

std::optional<bool> ElementView::as_flag() const {
  if (const auto flag = as_bool()) return *flag;
  if (const auto number = as_double()) return *number != 0;
  if (const auto number = as_whole_number()) return *number != 0;
  return std::nullopt;
}

DocumentView::DocumentView() : bytes_(empty_document) {}

void DocumentView::Iterator::read() {
  const std::optional<PlacedElement> placed = element_at(document_, next_);
  if (!placed) {
    element_.reset();
    return;
  }
  element_ = placed->element;
  next_ = placed->next;
}

std::optional<ElementView> DocumentView::find(std::string_view key) const {
  for (const ElementView& element : *this) {
    if (element.key() == key) return element;
  }
  return std::nullopt;
}

std::optional<std::string_view> DocumentView::find_string(std::string_view key) const {
  const std::optional<ElementView> element = find(key);
  return element ? element->as_string() : std::nullopt;
}

std::optional<std::int64_t> DocumentView::find_whole_number(std::string_view key) const {
  const std::optional<ElementView> element = find(key);
  return element ? element->as_whole_number() : std::nullopt;
}

std::optional<bool> DocumentView::find_flag(std::string_view key) const {
  const std::optional<ElementView> element = find(key);
  return element ? element->as_flag() : std::nullopt;
}

std::optional<DocumentView> DocumentView::find_document(std::string_view key) const {
  const std::optional<ElementView> element = find(key);
  return element ? element->as_document() : std::nullopt;
}

std::optional<DocumentView> DocumentView::find_array(std::string_view key) const {
  const std::optional<ElementView> element = find(key);
  return element ? element->as_array() : std::nullopt;
}

std::string DocumentView::to_json() const {
  bson_t document;
  // The printer recurses: nothing malformed or deep may reach it.
  if (!check_document(bytes_) && bson_init_static(&document, bytes_.data(), bytes_.size())) {
    const std::unique_ptr<char, void (*)(void*)> json(
        bson_as_relaxed_extended_json(&document, nullptr), bson_free);
    if (json) return json.get();
  }
  return "(invalid BSON, " + std::to_string(bytes_.size()) + " bytes)";
}

Document::Document() : bytes_(empty_document.begin(), empty_document.end()) {}

Result<Document> Document::parse(ByteView bytes) {
  if (std::optional<Failure> failure = check_document(bytes)) return *std::move(failure);
  // Alone it is not enough: libbson 1.23 overflows the stack where documents are nested deeply, and
  // ends in silence at a text that is not UTF-8.
  bson_t document;
  constexpr auto flags =
      static_cast<bson_validate_flags_t>(BSON_VALIDATE_UTF8 | BSON_VALIDATE_UTF8_ALLOW_NULL);
  bson_error_t error;
  if (!bson_init_static(&document, bytes.data(), bytes.size()) ||
      !bson_validate_with_error(&document, flags, &error)) {
    return Failure{"a BSON document has an element with an invalid value"};
  }
  return Document(Bytes(bytes.begin(), bytes.end()));
}

}  // namespace cmap::wire
