// BSON documents: an owning value that was validated, and views to read it.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "pool/api/topology_version.hpp"
#include "pool/wire/bytes.hpp"
#include "pool/wire/result.hpp"

namespace cmap::wire {

/// Documents in documents; what a server nests at most.
inline constexpr std::size_t max_document_depth = 200;

enum class ElementType : std::uint8_t {
  number_double = 0x01,
  string = 0x02,
  document = 0x03,
  array = 0x04,
  binary = 0x05,
  undefined = 0x06,
  object_id = 0x07,
  boolean = 0x08,
  date = 0x09,
  null = 0x0A,
  regular_expression = 0x0B,
  db_pointer = 0x0C,
  code = 0x0D,
  symbol = 0x0E,
  code_with_scope = 0x0F,
  int32 = 0x10,
  timestamp = 0x11,
  int64 = 0x12,
  decimal128 = 0x13,
  max_key = 0x7F,
  min_key = 0xFF,
};

using cmap::ObjectId;

struct BinaryView {
  std::uint8_t subtype = 0;
  ByteView bytes;
};

struct Timestamp {
  std::uint32_t seconds = 0;
  std::uint32_t increment = 0;
  auto operator<=>(const Timestamp&) const = default;
};

/// Since 1970, UTC.
using Date = std::chrono::milliseconds;

class DocumentView;

/// One element of a document that outlives it. A getter answers nothing where the type is another.
class ElementView {
 public:
  /// `value` must be laid out as `type` says; views of documents see to that.
  ElementView(std::string_view key, ElementType type, ByteView value)
      : key_(key), type_(type), value_(value) {}

  [[nodiscard]] std::string_view key() const { return key_; }
  [[nodiscard]] ElementType type() const { return type_; }
  /// As on the wire, without type and key.
  [[nodiscard]] ByteView value() const { return value_; }

  [[nodiscard]] std::optional<double> as_double() const;
  [[nodiscard]] std::optional<std::string_view> as_string() const;
  [[nodiscard]] std::optional<DocumentView> as_document() const;
  [[nodiscard]] std::optional<DocumentView> as_array() const;
  [[nodiscard]] std::optional<BinaryView> as_binary() const;
  [[nodiscard]] std::optional<ObjectId> as_object_id() const;
  [[nodiscard]] std::optional<bool> as_bool() const;
  [[nodiscard]] std::optional<Date> as_date() const;
  [[nodiscard]] bool is_null() const { return type_ == ElementType::null; }
  [[nodiscard]] std::optional<std::int32_t> as_int32() const;
  [[nodiscard]] std::optional<Timestamp> as_timestamp() const;
  [[nodiscard]] std::optional<std::int64_t> as_int64() const;

  // Tolerant, because servers answer one field with several types of numbers.
  /// int32, int64, or a double that is whole.
  [[nodiscard]] std::optional<std::int64_t> as_whole_number() const;
  /// A boolean, or a number: not zero.
  [[nodiscard]] std::optional<bool> as_flag() const;

 private:
  std::string_view key_;
  ElementType type_;
  ByteView value_;
};

/// Reads a document that outlives it. Safe on any bytes: where they make no sense, it ends.
class DocumentView {
 public:
  /// The empty document.
  DocumentView();
  explicit DocumentView(ByteView bytes) : bytes_(bytes) {}

  class Iterator {
   public:
    using value_type = ElementView;
    using difference_type = std::ptrdiff_t;

    explicit Iterator(ByteView document) : document_(document) { read(); }
    const ElementView& operator*() const { return *element_; }
    const ElementView* operator->() const { return &*element_; }
    Iterator& operator++() {
      read();
      return *this;
    }
    void operator++(int) { read(); }
    bool operator==(std::default_sentinel_t) const { return !element_; }

   private:
    void read();

    ByteView document_;
    std::size_t next_ = sizeof(std::int32_t);
    std::optional<ElementView> element_;
  };

  [[nodiscard]] Iterator begin() const { return Iterator(bytes_); }
  [[nodiscard]] static std::default_sentinel_t end() { return {}; }
  [[nodiscard]] bool empty() const { return begin() == end(); }

  /// The first element of that name.
  [[nodiscard]] std::optional<ElementView> find(std::string_view key) const;
  // `find` and the getter in one; nothing also where there is no such element.
  [[nodiscard]] std::optional<std::string_view> find_string(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> find_whole_number(std::string_view key) const;
  [[nodiscard]] std::optional<bool> find_flag(std::string_view key) const;
  [[nodiscard]] std::optional<DocumentView> find_document(std::string_view key) const;
  [[nodiscard]] std::optional<DocumentView> find_array(std::string_view key) const;

  [[nodiscard]] ByteView bytes() const { return bytes_; }
  /// Relaxed extended JSON, for people and logs; says so where it is not valid.
  [[nodiscard]] std::string to_json() const;

 private:
  ByteView bytes_;
};

/// Owns a document that is well-formed.
class Document {
 public:
  /// The empty document.
  Document();
  /// Untrusted bytes, which must be one whole document: its lengths and its depth are checked
  /// before anything recursive sees it, then its contents (UTF-8, booleans, ...).
  static Result<Document> parse(ByteView bytes);
  /// Copies what somebody else has validated, such as a part of a document.
  explicit Document(DocumentView view) : bytes_(view.bytes().begin(), view.bytes().end()) {}

  // Implicit: a document can be read wherever a view is taken.
  operator DocumentView() const { return DocumentView(bytes_); }
  [[nodiscard]] DocumentView view() const { return DocumentView(bytes_); }
  [[nodiscard]] std::optional<ElementView> find(std::string_view key) const {
    return view().find(key);
  }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] std::string to_json() const { return view().to_json(); }

  /// Byte by byte: the order of the elements and their types count.
  bool operator==(const Document&) const = default;

 private:
  friend class DocumentBuilder;
  explicit Document(Bytes bytes) : bytes_(std::move(bytes)) {}

  Bytes bytes_;
};

}  // namespace cmap::wire
