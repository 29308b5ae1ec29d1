// Bytes as the wire has them: owned, viewed, and read little-endian without running over the end.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pool/api/assert.hpp"

namespace cmap::wire {

static_assert(std::endian::native == std::endian::little, "the wire is little-endian");

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The number at the beginning of `bytes`, which must be long enough.
template <typename Number>
Number load(ByteView bytes) {
  CMAP_ASSERT(bytes.size() >= sizeof(Number));
  Number number;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

template <std::integral Integer>
void store_at(Bytes& bytes, std::size_t offset, Integer number) {
  CMAP_ASSERT(offset + sizeof number <= bytes.size());
  std::memcpy(bytes.data() + offset, &number, sizeof number);
}

inline void append(Bytes& bytes, ByteView more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

template <std::integral Integer>
void append_number(Bytes& bytes, Integer number) {
  const std::size_t offset = bytes.size();
  bytes.resize(offset + sizeof number);
  store_at(bytes, offset, number);
}

/// With the zero byte that ends it on the wire.
inline void append_cstring(Bytes& bytes, std::string_view text) {
  append(bytes, bytes_of(text));
  bytes.push_back(0);
}

/// Takes bytes from the front; nothing where there are not enough.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] ByteView rest() const { return rest_; }
  [[nodiscard]] bool empty() const { return rest_.empty(); }

  std::optional<ByteView> take(std::size_t count) {
    if (count > rest_.size()) return std::nullopt;
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  template <typename Number>
  std::optional<Number> number() {
    const std::optional<ByteView> taken = take(sizeof(Number));
    if (!taken) return std::nullopt;
    return load<Number>(*taken);
  }

  /// Without its zero byte.
  std::optional<std::string_view> cstring() {
    const std::size_t length = text_of(rest_).find('\0');
    if (length == std::string_view::npos) return std::nullopt;
    return text_of(take(length + 1)->first(length));
  }

 private:
  ByteView rest_;
};

}  // namespace cmap::wire
