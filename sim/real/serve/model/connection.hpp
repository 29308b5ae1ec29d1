// What a server remembers of one connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "pool/wire/bson.hpp"
#include "pool/wire/scram.hpp"

namespace cmap::serve {

/// A conversation of SCRAM, as far as it has come.
struct SaslConversation {
  std::string source;
  wire::ScramServer scram;
  bool skips_empty_exchange = false;
  enum class Next : std::uint8_t { proof, empty_exchange } next = Next::proof;
};

struct Connection {
  std::uint64_t number = 0;
  std::size_t member = 0;
  std::string client{};  ///< "127.0.0.1:40123"
  /// Of the client's certificate, as RFC 2253 writes it.
  std::optional<std::string> certificate_subject{};

  std::optional<std::string> app_name{};    ///< from its first hello
  std::optional<wire::ObjectId> service{};  ///< behind a load balancer
  std::optional<SaslConversation> sasl{};
  std::optional<std::string> authenticated{};  ///< "source.name"
};

}  // namespace cmap::serve
