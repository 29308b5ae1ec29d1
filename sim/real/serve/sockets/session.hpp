// One connection of a client, from its acceptance to its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include "pool/wire/bytes.hpp"
#include "pool/wire/frame.hpp"
#include "sim/real/serve/hooks.hpp"
#include "sim/real/serve/model/exchange.hpp"
#include "sim/real/serve/model/fault_dice.hpp"
#include "sim/real/serve/sockets/stream.hpp"

namespace cmap::serve {

class Session;

/// What sessions share, and what they ask of the server that they belong to.
class SessionHost {
 public:
  explicit SessionHost(Hooks the_hooks) : hooks(std::move(the_hooks)) {}
  virtual ~SessionHost() = default;

  /// The session is over; it is not the host's any more.
  virtual void ended(const Session& session) = 0;
  /// A command may have changed the deployment.
  virtual void look_at_model() = 0;
  /// No new connections for this member for a while.
  virtual void refuse_for_a_while(std::size_t member) = 0;

  Hooks hooks;
  std::unique_ptr<Model> model;
  std::optional<FaultOptions> faults;
  /// Shared with everybody who holds a Proceed, which may outlive the server.
  std::shared_ptr<boost::asio::io_context> context = std::make_shared<boost::asio::io_context>(1);
};

/// All of it happens in the thread of the host's context. It reads all the time, so that it notices
/// when its peer goes, whatever it waits for; but it takes one command after the other.
class Session : public std::enable_shared_from_this<Session> {
 public:
  /// `host` must outlive it.
  Session(SessionHost& host, std::unique_ptr<Stream> stream, Connection connection,
          std::uint16_t client_port);

  void start();
  /// The deployment has changed.
  void news();

  enum class How : std::uint8_t {
    orderly,  ///< FIN, and what still comes is dropped until the peer closes, too
    reset,
    at_once,  ///< as the system does it for a process that died
  };
  void end(How how);

  [[nodiscard]] std::uint64_t number() const { return connection_.number; }
  [[nodiscard]] std::size_t member() const { return connection_.member; }

 private:
  using Next = void (Session::*)();

  // session.cpp: phases and the end.
  /// Chance and gates first, then `next`.
  void enter(PeerPhase phase, std::string command, Next next);
  void ask_gate();
  void proceed(std::uint64_t gate, const Verdict& verdict);
  void accepted();
  void handshake();
  void send_garbage();
  /// From here on nothing is answered; what comes is dropped, until the peer closes.
  void hang();
  /// The same, but not for ever.
  void drain();
  void after(Duration duration, Next next);
  void finish();
  [[nodiscard]] bool is_closed() const { return stage_ == Stage::closed; }

  // session_commands.cpp: reading, answering.
  void read();
  void take_bytes(boost::system::error_code error, std::size_t size);
  /// Takes commands from what was read, until one of them has to wait.
  void take_commands();
  void fetch();
  void advance();
  void answer_error(const Verdict& verdict);
  void send(const wire::Document& reply, bool more_to_come);
  void command_done(std::string_view outcome);

  enum class Stage : std::uint8_t { open, draining, closed };

  SessionHost& host_;
  std::unique_ptr<Stream> stream_;
  Connection connection_;
  Peer peer_;
  std::optional<FaultDice> dice_;
  boost::asio::steady_timer timer_;
  Stage stage_ = Stage::open;
  bool is_established_ = false;  ///< TLS is done, where there is TLS

  Next next_ = nullptr;     ///< behind the gate
  std::uint64_t gate_ = 0;  ///< the one it stands at: others are out of date
  std::uint64_t wait_ = 0;  ///< the one for `timer_`: others are out of date

  wire::FrameSplitter splitter_;
  wire::Bytes input_;
  bool is_reading_ = false;
  bool is_taking_ = false;
  std::optional<Request> pending_;    ///< has come while another one is answered
  std::optional<Exchange> exchange_;  ///< is answered now
  bool awaits_news_ = false;

  wire::Bytes output_;
  std::int32_t last_reply_id_ = 0;
  std::optional<wire::Document> streamed_;  ///< sent, and more follows
};

}  // namespace cmap::serve
