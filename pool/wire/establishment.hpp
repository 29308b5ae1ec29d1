// What is said on a new socket, from hello to the end of authentication (A-EST-2), without the
// socket.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "pool/api/address.hpp"
#include "pool/api/errors.hpp"
#include "pool/wire/authentication.hpp"
#include "pool/wire/bson.hpp"
#include "pool/wire/bytes.hpp"
#include "pool/wire/command.hpp"
#include "pool/wire/credential.hpp"
#include "pool/wire/hello_command.hpp"
#include "pool/wire/hello_reply.hpp"
#include "pool/wire/scram_keys.hpp"

namespace cmap::wire {

struct EstablishmentOptions {
  Address address;             ///< for errors
  Document client_metadata{};  ///< of ClientMetadata::document; empty: none is sent
  /// Nothing: no authentication. A monitor has none.
  std::optional<Credential> credential{};
  bool load_balanced = false;
  std::optional<ServerApi> server_api{};
  /// Only used with a credential.
  NonceSource nonces{};
  /// Default: 1, 2, 3, ... for this socket.
  std::function<std::int32_t()> next_request_id{};
  /// Shared by all connections of a client; may be null.
  std::shared_ptr<ScramKeyCache> scram_keys{};
};

/// Begins when TCP and TLS are done. Alternate: send `take_output`, read one message, `receive` it;
/// until `finished`. Lengths, deadlines and network errors are the caller's.
///
/// The error at the end is of type command (the server answered `ok: 0`), authentication (the
/// server refused the credential with code 18, or one side proved nothing), protocol (unreadable,
/// unexpected, or not load balanced) or usage (an impossible credential). Labels are only those
/// that a server gives its own errors (A-POOL-6, A-POOL-7).
class Establishment {
 public:
  explicit Establishment(EstablishmentOptions options);

  /// What to send now; empty when there is nothing.
  [[nodiscard]] Bytes take_output();
  /// One whole message, as FrameSplitter cuts it. Ignored when finished.
  void receive(ByteView message);

  /// What the connection is doing: hello, authenticate, done. Stays where it failed.
  [[nodiscard]] EstablishmentPhase phase() const { return phase_; }
  [[nodiscard]] bool finished() const { return phase_ == EstablishmentPhase::done || error_; }
  /// Not null: it failed.
  [[nodiscard]] const ErrorPtr& error() const { return error_; }
  /// Set from the moment hello is done; the service id is in it.
  [[nodiscard]] const std::optional<HelloReply>& hello() const { return hello_; }

 private:
  void send(DocumentView command, std::string_view database);
  void say_hello();
  void receive_hello(const CommandReply& reply);
  void receive_authentication(const CommandReply& reply);
  void go_on(const Result<std::optional<Document>>& next);

  EstablishmentOptions options_;
  std::optional<Authentication> authentication_;
  EstablishmentPhase phase_ = EstablishmentPhase::hello;
  ErrorPtr error_;
  std::optional<HelloReply> hello_;
  Bytes output_;
  std::int32_t request_id_ = 0;  ///< of the request without an answer
};

}  // namespace cmap::wire
