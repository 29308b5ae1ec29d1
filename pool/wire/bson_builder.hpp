// Builds BSON documents element by element.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "pool/wire/bson.hpp"

namespace cmap::wire {

/// Appends in the order of the calls; names of functions tell the type, because on the wire 1, 1.0
/// and true are different things. Texts are to be UTF-8 (a peer refuses others).
///
/// Every function throws std::invalid_argument for a key with a zero byte, and std::length_error
/// where the document would exceed 2 GiB.
class DocumentBuilder {
 public:
  DocumentBuilder();
  ~DocumentBuilder();
  DocumentBuilder(DocumentBuilder&&) noexcept;
  DocumentBuilder& operator=(DocumentBuilder&&) noexcept;

  DocumentBuilder& number_double(std::string_view key, double value);
  DocumentBuilder& string(std::string_view key, std::string_view value);
  DocumentBuilder& document(std::string_view key, DocumentView value);
  /// The keys of `value` must be "0", "1", ...
  DocumentBuilder& array(std::string_view key, DocumentView value);
  DocumentBuilder& array(std::string_view key, std::span<const std::string> values);
  DocumentBuilder& array(std::string_view key, std::span<const Document> values);
  /// Generic subtype.
  DocumentBuilder& binary(std::string_view key, ByteView value);
  DocumentBuilder& object_id(std::string_view key, const ObjectId& value);
  DocumentBuilder& boolean(std::string_view key, bool value);
  DocumentBuilder& date(std::string_view key, Date value);
  DocumentBuilder& null(std::string_view key);
  DocumentBuilder& int32(std::string_view key, std::int32_t value);
  DocumentBuilder& timestamp(std::string_view key, Timestamp value);
  DocumentBuilder& int64(std::string_view key, std::int64_t value);
  /// An element of another document, with its key.
  DocumentBuilder& element(const ElementView& value);
  /// All elements of another document.
  DocumentBuilder& elements_of(DocumentView value);

  /// What was built so far.
  [[nodiscard]] Document build() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cmap::wire
