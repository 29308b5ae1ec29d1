// OpenSSL does it; it is too lenient alone.
#include "pool/wire/base64.hpp"

#include <algorithm>

#include <openssl/evp.h>

namespace cmap::wire {

std::string to_base64(ByteView bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero byte
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t begin_of_padding = std::min(text.find('='), text.size());
  const std::size_t padding = text.size() - begin_of_padding;
  const std::string_view payload = text.substr(0, begin_of_padding);
  if (text.substr(begin_of_padding) != std::string_view("==").substr(0, padding) ||
      payload.find_first_not_of(digits) != std::string_view::npos) {
    return std::nullopt;
  }
  Bytes bytes(text.size() / 4 * 3);
  const int length =
      EVP_DecodeBlock(bytes.data(), bytes_of(text).data(), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

}  // namespace cmap::wire
