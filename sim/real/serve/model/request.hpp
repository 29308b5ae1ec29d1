// One command, whatever kind of message it came in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pool/wire/bson.hpp"
#include "pool/wire/message.hpp"
#include "sim/real/serve/hooks.hpp"

namespace cmap::serve {

struct Request {
  std::string name;  ///< of the command, as written; empty if the document is
  std::string database;
  wire::Document body;
  std::vector<wire::DocumentSequence> sequences{};
  std::int32_t id = 0;
  bool legacy = false;           ///< came as OP_QUERY, and is answered with OP_REPLY
  bool exhaust_allowed = false;  ///< more than one answer is welcome
  bool expects_reply = true;

  /// Nothing: not a command.
  static std::optional<Request> from(wire::Message message);

  /// The documents that stand in the body or beside it. They live as long as this.
  [[nodiscard]] std::vector<wire::DocumentView> documents(std::string_view field) const;

  [[nodiscard]] bool is_hello() const;
  [[nodiscard]] PeerPhase phase() const;
};

/// The message that answers `request`. `reply_id`: its own number.
wire::Bytes encode_reply(const Request& request, wire::Document reply, std::int32_t reply_id,
                         bool more_to_come);

}  // namespace cmap::serve
