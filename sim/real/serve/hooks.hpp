// How others watch a loopback server, and decide when and how it goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cmap::serve {

/// What a connection is about to do.
enum class PeerPhase : std::uint8_t {
  connect,       ///< it was accepted
  tls,           ///< the handshake begins
  hello,         ///< a hello or isMaster is answered
  authenticate,  ///< a command of authentication is answered
  command,       ///< any other command is answered
};
std::string_view phase_name(PeerPhase phase);

struct Peer {
  std::uint64_t connection = 0;  ///< 1, 2, 3, ... in the order of acceptance, over all members
  std::size_t member = 0;        ///< that it talks to
  std::uint16_t port = 0;        ///< of the client; 0 on a Unix socket
  PeerPhase phase = PeerPhase::connect;
  std::string command{};  ///< from hello on
};

/// How the server goes on.
struct Verdict {
  enum class Kind : std::uint8_t {
    go_on,
    close,               ///< orderly: the client reads the end of the stream
    reset,               ///< the client reads ECONNRESET
    garbage,             ///< what is answered cannot be read
    error,               ///< `ok: 0`; before hello, where nothing can be answered: close
    refuse_credentials,  ///< the same with code 18
  } kind = Kind::go_on;
  std::int32_t code = 0;
  std::string message{};
  std::vector<std::string> labels{};
};

/// From any thread, whenever it pleases. Only the first call counts; it is harmless when the peer
/// or the server is gone.
using Proceed = std::function<void(Verdict)>;

/// Something that has happened.
struct Activity {
  enum class Kind : std::uint8_t { connected, answered, disconnected } kind = Kind::connected;
  Peer peer;
  std::string outcome{};  ///< answered: "ok", "error 13", "closed", "no reply"
};

/// Called in the server's thread: they must return soon, and must not call stop().
struct Hooks {
  /// Called in each phase of each connection, which waits until somebody calls `proceed`.
  std::function<void(const Peer& peer, Proceed proceed)> gate{};
  std::function<void(const Activity&)> observe{};
  /// A client sent `shutdown` to this member, which is killed after it; not set: nothing more.
  std::function<void(std::size_t member)> shut_down{};
};

}  // namespace cmap::serve
