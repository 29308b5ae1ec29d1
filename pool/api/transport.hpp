// The seam between a pool and whatever makes its connections: simulated, Asio, or a user's own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "pool/api/errors.hpp"
#include "pool/api/ids.hpp"
#include "pool/api/time.hpp"

namespace cmap {

/// What a transport tells its pool. The pool implements it; a transport may call it from any
/// thread, also from inside `Transport::establish`. Answers for a connection that was closed in
/// the meantime are allowed at any time and ignored (a late answer is nobody's fault).
class TransportListener {
 public:
  virtual ~TransportListener() = default;

  /// A command of the handshake is about to be sent: its own time begins (D-CSOT-3). Optional;
  /// needed for PoolOptions::handshake_timeout only.
  virtual void handshake_command_begins(ConnectionRef) {}
  /// hello was answered with this BSON document, `ok: 1`. Optional, comes before `hello_completed`:
  /// a client learns of its server from it (D-SD-8). May close the connection.
  virtual void hello_replied(ConnectionRef, const std::vector<std::uint8_t>&) {}
  /// hello was answered; `service_id` as in the reply. Only needed behind a load balancer, where
  /// it must come exactly once before `established` (A-LB-2); harmless elsewhere.
  virtual void hello_completed(ConnectionRef connection, std::optional<ServiceId> service_id) = 0;
  /// TCP, TLS, hello, compression and authentication are done (A-EST-2).
  virtual void established(ConnectionRef connection) = 0;
  /// The establishment failed, or the connection broke later (in use or available). `error` is not
  /// null and carries its labels.
  virtual void failed(ConnectionRef connection, ErrorPtr error) = 0;
  /// Everything that `close` had to give back is given back. Exactly once after `close`.
  virtual void transport_closed(ConnectionRef connection) = 0;
};

/// A request and its one reply on a connection in use, both whole messages.
struct Exchange {
  std::vector<std::uint8_t> request;
  /// When to give up waiting; nothing: never. The error is then NetworkFault::timeout.
  std::optional<TimePoint> deadline{};
  /// Called once, without any lock of the transport: with the reply, or with an error that is not
  /// null. After an error the connection cannot be used any more.
  std::function<void(ErrorPtr error, std::vector<std::uint8_t> reply)> done;
};

enum class TransportClose : std::uint8_t {
  graceful,  ///< as the protocol wants it, without blocking the caller (A-EST-5)
  abandon,   ///< give up the descriptor and send nothing: it belongs to the parent of a fork
};

/// Makes and ends the connections of one pool. No call may block. Calls come in the order of the
/// pool's effects, never two at a time; only `exchange` and `interrupt` also come at any other
/// time, from any thread, and may be about a connection that is closed already.
class Transport {
 public:
  /// Gives up all connections. Waits for a call of the listener that is running, unless called from
  /// inside it; none comes afterwards.
  virtual ~Transport() = default;

  /// Starts establishing and returns; the answer is `established` or `failed`. May throw or answer
  /// inline: an exception counts as `failed`.
  virtual void establish(ConnectionRef connection) = 0;
  /// The time for establishing is over: end it now. The answer is `failed` with
  /// NetworkFault::timeout in the phase it was in, inline or soon, even if `established` is under
  /// way from another thread: what comes second is ignored.
  virtual void time_out(ConnectionRef connection) = 0;
  /// Ends what the holder of a connection in use is doing on it, with `error`, now and for later
  /// exchanges. The connection itself stays until `close`.
  virtual void interrupt(ConnectionRef connection, const ErrorPtr& error) = 0;
  /// Ends the connection, whatever it is doing; nothing but `transport_closed` follows.
  virtual void close(ConnectionRef connection, TransportClose how) = 0;

  /// Sends a request on a connection in use and answers its reply. One at a time on a connection.
  /// The default refuses (usage): a transport that carries nothing.
  virtual void exchange(ConnectionRef connection, Exchange exchange);
};

}  // namespace cmap
