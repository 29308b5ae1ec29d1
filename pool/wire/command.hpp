// Commands on an established connection: one request, one reply.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pool/api/address.hpp"
#include "pool/api/errors.hpp"
#include "pool/wire/bson.hpp"
#include "pool/wire/bytes.hpp"
#include "pool/wire/result.hpp"

namespace cmap::wire {

struct ServerApi;

/// The whole message. `$db` and, if given, the Stable API are added where the command has none.
/// Throws std::length_error if it is longer than a message may be.
Bytes encode_command(DocumentView command, std::string_view database, std::int32_t request_id,
                     const ServerApi* server_api = nullptr);

struct CommandReply {
  Document document;

  /// `ok` is 1 or true. Everything below is about the other case.
  [[nodiscard]] bool ok() const;
  [[nodiscard]] std::int32_t code() const;               ///< 0: none
  [[nodiscard]] std::string_view code_name() const;      ///< may be empty
  [[nodiscard]] std::string_view error_message() const;  ///< may be empty
  /// The errorLabels that mean something to a pool.
  [[nodiscard]] ErrorLabel labels() const;
  [[nodiscard]] bool has_label(std::string_view name) const;
};

/// Fails unless `message` is one whole OP_MSG, and the only answer to `request_id`.
Result<CommandReply> decode_reply(ByteView message, std::int32_t request_id);

/// The server answered `ok: 0`: its code and text, with the labels that the server gave it.
ErrorPtr command_error(const Address& address, const CommandReply& reply);
/// What a reply says about its server (D.2): its error if `ok: 0`, else the writeConcernError as
/// one; null if there is neither. writeErrors are about documents only.
ErrorPtr server_error(const Address& address, const CommandReply& reply);
/// The server's own time for the command was over (MaxTimeMSExpired), wherever a reply says so:
/// `ok: 0`, writeErrors, writeConcernError; null if it does not (D-CSOT-5).
ErrorPtr time_limit_error(const Address& address, const CommandReply& reply);
/// What the peer sent cannot be read. Never labelled: whoever talks nonsense is not overloaded
/// (A-POOL-7 in spirit; the specification names network errors only).
ErrorPtr protocol_error(const Address& address, const Failure& failure);
ErrorPtr authentication_error(const Address& address, const Failure& failure);

}  // namespace cmap::wire
