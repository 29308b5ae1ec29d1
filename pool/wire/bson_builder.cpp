// libbson does the building.
#include "pool/wire/bson_builder.hpp"

#include <limits>
#include <stdexcept>

#include <bson/bson.h>

namespace cmap::wire {
namespace {

int key_length(std::string_view key) {
  if (key.find('\0') != std::string_view::npos) {
    throw std::invalid_argument("a key of a BSON document must not contain a zero byte");
  }
  if (key.size() > std::size_t{std::numeric_limits<int>::max()}) {
    throw std::length_error("a key of a BSON document is too long");
  }
  return static_cast<int>(key.size());
}

void require(bool appended) {
  if (!appended) throw std::length_error("a BSON document would exceed 2 GiB");
}

template <typename Size>
Size checked_size(std::size_t size) {
  require(size <= std::size_t{std::numeric_limits<std::int32_t>::max()});
  return static_cast<Size>(size);
}

/// What libbson reads as a document in `view`'s memory.
bson_t borrow(DocumentView view) {
  bson_t document;
  if (!bson_init_static(&document, view.bytes().data(), view.bytes().size())) {
    throw std::invalid_argument("not a BSON document");
  }
  return document;
}

}  // namespace

struct DocumentBuilder::Impl {
  Impl() { bson_init(&bson); }
  ~Impl() { bson_destroy(&bson); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bson_t bson;
};

DocumentBuilder::DocumentBuilder() : impl_(std::make_unique<Impl>()) {}
DocumentBuilder::~DocumentBuilder() = default;
DocumentBuilder::DocumentBuilder(DocumentBuilder&&) noexcept = default;
DocumentBuilder& DocumentBuilder::operator=(DocumentBuilder&&) noexcept = default;

DocumentBuilder& DocumentBuilder::number_double(std::string_view key, double value) {
  require(bson_append_double(&impl_->bson, key.data(), key_length(key), value));
  return *this;
}

DocumentBuilder& DocumentBuilder::string(std::string_view key, std::string_view value) {
  const char* const text = value.data() ? value.data() : "";  // null would become BSON's null
  require(bson_append_utf8(&impl_->bson, key.data(), key_length(key), text,
                           checked_size<int>(value.size())));
  return *this;
}

DocumentBuilder& DocumentBuilder::document(std::string_view key, DocumentView value) {
  const bson_t inner = borrow(value);
  require(bson_append_document(&impl_->bson, key.data(), key_length(key), &inner));
  return *this;
}

DocumentBuilder& DocumentBuilder::array(std::string_view key, DocumentView value) {
  const bson_t inner = borrow(value);
  require(bson_append_array(&impl_->bson, key.data(), key_length(key), &inner));
  return *this;
}

DocumentBuilder& DocumentBuilder::array(std::string_view key, std::span<const std::string> values) {
  DocumentBuilder inner;
  for (std::size_t i = 0; i < values.size(); ++i) inner.string(std::to_string(i), values[i]);
  return array(key, inner.build());
}

DocumentBuilder& DocumentBuilder::array(std::string_view key, std::span<const Document> values) {
  DocumentBuilder inner;
  for (std::size_t i = 0; i < values.size(); ++i) inner.document(std::to_string(i), values[i]);
  return array(key, inner.build());
}

DocumentBuilder& DocumentBuilder::binary(std::string_view key, ByteView value) {
  constexpr std::uint8_t nothing = 0;
  const std::uint8_t* const bytes = value.empty() ? &nothing : value.data();
  require(bson_append_binary(&impl_->bson, key.data(), key_length(key), BSON_SUBTYPE_BINARY, bytes,
                             checked_size<std::uint32_t>(value.size())));
  return *this;
}

DocumentBuilder& DocumentBuilder::object_id(std::string_view key, const ObjectId& value) {
  bson_oid_t id;
  bson_oid_init_from_data(&id, value.bytes.data());
  require(bson_append_oid(&impl_->bson, key.data(), key_length(key), &id));
  return *this;
}

DocumentBuilder& DocumentBuilder::boolean(std::string_view key, bool value) {
  require(bson_append_bool(&impl_->bson, key.data(), key_length(key), value));
  return *this;
}

DocumentBuilder& DocumentBuilder::date(std::string_view key, Date value) {
  require(bson_append_date_time(&impl_->bson, key.data(), key_length(key), value.count()));
  return *this;
}

DocumentBuilder& DocumentBuilder::null(std::string_view key) {
  require(bson_append_null(&impl_->bson, key.data(), key_length(key)));
  return *this;
}

DocumentBuilder& DocumentBuilder::int32(std::string_view key, std::int32_t value) {
  require(bson_append_int32(&impl_->bson, key.data(), key_length(key), value));
  return *this;
}

DocumentBuilder& DocumentBuilder::timestamp(std::string_view key, Timestamp value) {
  require(bson_append_timestamp(&impl_->bson, key.data(), key_length(key), value.seconds,
                                value.increment));
  return *this;
}

DocumentBuilder& DocumentBuilder::int64(std::string_view key, std::int64_t value) {
  require(bson_append_int64(&impl_->bson, key.data(), key_length(key), value));
  return *this;
}

DocumentBuilder& DocumentBuilder::element(const ElementView& value) {
  // libbson copies elements from documents only: a document of this one.
  Bytes bytes;
  append_number(bytes, std::int32_t{0});
  bytes.push_back(static_cast<std::uint8_t>(value.type()));
  append_cstring(bytes, value.key());
  append(bytes, value.value());
  bytes.push_back(0);
  store_at(bytes, 0, checked_size<std::int32_t>(bytes.size()));
  return elements_of(DocumentView(bytes));
}

DocumentBuilder& DocumentBuilder::elements_of(DocumentView value) {
  const bson_t other = borrow(value);
  require(bson_concat(&impl_->bson, &other));
  return *this;
}

Document DocumentBuilder::build() const {
  const std::uint8_t* const data = bson_get_data(&impl_->bson);
  return Document(Bytes(data, data + impl_->bson.len));
}

}  // namespace cmap::wire
