// One Wire per connection: it answers when its plan says so, and is used again after its end.
#include "sim/transport.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "pool/api/assert.hpp"

namespace cmap::sim {
namespace {

const EstablishmentScript plain_script;

/// No two things that can happen have one name: connections of another pool than the first have
/// numbers that a first pool does not reach.
Option wire_option(std::uint32_t pool, ConnectionId id) {
  constexpr std::uint32_t numbers_of_pool = 1'000'000;
  return {.action = ActionKind::transport,
          .subject = pool * numbers_of_pool + static_cast<std::uint32_t>(number(id))};
}

}  // namespace

class SimulatedTransport::Wire final : public Runnable {
 public:
  explicit Wire(SimulatedTransport& transport)
      : Runnable(wire_option(transport.number_, ConnectionId::none)), transport_(transport) {}

  void open(ConnectionRef connection, const EstablishmentScript& script, EstablishmentPlan plan) {
    rename(wire_option(transport_.number_, connection.id));
    connection_ = connection;
    script_ = &script;
    plan_ = std::move(plan);
    begun_ = loop().now();
    closed_ = false;
    if (backend()) backend()->begin(connection_, *script_, plan_);
    stage_ = transport_.handshake_.is_timed ? Stage::connected : stage_after_connected();
    arm_next();
  }

  void run() override {
    switch (stage_) {
      case Stage::connected:
        stage_ = stage_after_connected();
        arm_next();
        transport_.listener_.handshake_command_begins(connection_);
        return;
      case Stage::hello:
        hello();
        return;
      case Stage::outcome:
        answer();
        return;
      case Stage::teardown:
        finish_close();
        return;
      case Stage::idle:
        return;
    }
  }

  void hello() {
    const Handshake& handshake = transport_.handshake_;
    const ConnectionRef connection = connection_;
    std::optional<ServiceId> service;
    if (handshake.load_balanced) {
      service = backend() ? backend()->hello(connection) : script_->service_id;
    }
    const bool gives_up = handshake.load_balanced && !service;
    stage_ = gives_up ? Stage::idle : Stage::outcome;
    arm_next();  // first: the listener may close this at once, or later
    if (handshake.load_balanced) transport_.listener_.hello_completed(connection, service);
    if (gives_up) {
      transport_.listener_.failed(connection, backend()
                                                  ? backend()->outcome(connection)
                                                  : not_load_balanced_error(transport_.address_));
      return;
    }
    if (is_authentication_timed()) transport_.listener_.handshake_command_begins(connection);
  }

  void answer() {
    stage_ = Stage::idle;
    const bool late = closed_;  // after close, which this wire ignores: only now is it over
    if (const ErrorPtr error = backend() ? backend()->outcome(connection_) : plan_.error) {
      transport_.listener_.failed(connection_, error);
    } else {
      transport_.listener_.established(connection_);
    }
    if (late) begin_teardown();
  }

  void time_out() {
    const EstablishmentPhase phase = phase_now();
    loop().disarm(*this);
    stage_ = Stage::idle;
    transport_.listener_.failed(
        connection_, backend()
                         ? backend()->time_out(connection_, phase)
                         : establishment_error(transport_.address_, NetworkFault::timeout, phase));
  }

  /// The peer ends it.
  void break_off(NetworkFault fault) {
    // What has no peer yet cannot lose it.
    const EstablishmentPhase phase = std::max(phase_now(), EstablishmentPhase::connect);
    loop().disarm(*this);
    stage_ = Stage::idle;
    transport_.listener_.failed(connection_,
                                backend() ? backend()->peer_closes(connection_, fault, phase)
                                          : establishment_error(transport_.address_, fault, phase));
  }

  void interrupt(const ErrorPtr& error) {
    if (backend()) backend()->interrupt(connection_, error);
  }

  void close(TransportClose how) {
    closed_ = true;
    how_ = how;
    const bool answer_is_coming = stage_ == Stage::outcome && is_armed();
    if (script_->ignores_close && answer_is_coming) return;
    loop().disarm(*this);
    begin_teardown();
  }

  void visit_state(StateVisitor& visitor) const {
    visitor.connection(connection_.id);
    visitor.choice(stage_);
    visitor.flag(closed_);
    visitor.flag(script_->ignores_close);
    visitor.word(static_cast<std::uint64_t>(script_->teardown.count()));
    visitor.flag(is_planned());
    if (!is_planned()) return;
    visitor.time(begun_);
    for (const Duration end : plan_.ends) visitor.word(static_cast<std::uint64_t>(end.count()));
    visitor.choice(plan_.last);
    visitor.flag(plan_.hangs);
    visitor.error(plan_.error);
    visitor.flag(script_->service_id.has_value());
    if (script_->service_id) visitor.service(*script_->service_id);
  }

  [[nodiscard]] ConnectionRef connection() const { return connection_; }
  [[nodiscard]] bool is_closed() const { return closed_; }
  [[nodiscard]] bool hangs() const {
    return connection_.id != ConnectionId::none && !closed_ && stage_ == Stage::outcome &&
           !is_armed();
  }

 private:
  enum class Stage : std::uint8_t {
    idle,
    connected,  ///< TLS has ended, too: the first command of the handshake begins
    hello,      ///< hello is answered
    outcome,
    teardown
  };

  [[nodiscard]] Loop& loop() const { return transport_.loop_; }
  [[nodiscard]] ConnectionBackend* backend() const { return transport_.backend_; }

  [[nodiscard]] bool is_planned() const {
    return stage_ == Stage::connected || stage_ == Stage::hello || stage_ == Stage::outcome;
  }
  [[nodiscard]] bool is_authentication_timed() const {
    return transport_.handshake_.is_timed && transport_.setup_.authentication;
  }
  [[nodiscard]] Stage stage_after_connected() const {
    const bool stops_at_hello = transport_.handshake_.load_balanced || is_authentication_timed();
    return stops_at_hello ? Stage::hello : Stage::outcome;
  }
  /// Of what has not been told yet. done: it is established.
  [[nodiscard]] EstablishmentPhase phase_now() const {
    if (!is_planned()) return EstablishmentPhase::done;
    const EstablishmentPhase phase = plan_.phase_at(loop().now() - begun_);
    if (stage_ != Stage::outcome) return std::min(phase, EstablishmentPhase::hello);
    const bool hello_told =
        transport_.handshake_.load_balanced && plan_.last > EstablishmentPhase::hello;
    // Nothing comes behind hello.
    return hello_told && phase == EstablishmentPhase::hello ? EstablishmentPhase::done : phase;
  }

  void arm_next() {
    if (stage_ == Stage::idle) return;
    if (stage_ == Stage::connected && plan_.last <= EstablishmentPhase::tls)
      stage_ = Stage::outcome;
    const bool hello_fails = plan_.last <= EstablishmentPhase::hello;
    if (stage_ == Stage::hello && hello_fails) stage_ = Stage::outcome;
    if (stage_ == Stage::outcome && plan_.hangs) {
      if (!transport_.healed_) return;
      plan_.hangs = false;
      plan_.error = establishment_error(transport_.address_, NetworkFault::eof, plan_.last);
    }
    loop().arm(*this, saturating_sum(begun_, end_of_stage()), TimerClass::transport);
  }

  [[nodiscard]] Duration end_of_stage() const {
    if (stage_ == Stage::connected) return plan_.end_of(EstablishmentPhase::tls);
    return stage_ == Stage::hello ? plan_.end_of(EstablishmentPhase::hello) : plan_.end();
  }

  /// On sockets nothing is left when it begins; that this is told late is what it consists of.
  void begin_teardown() {
    stage_ = Stage::teardown;
    if (backend()) backend()->close(connection_, how_);
    if (script_->teardown > Duration::zero()) {
      loop().arm(*this, saturating_sum(loop().now(), script_->teardown), TimerClass::transport);
    } else {
      finish_close();
    }
  }

  void finish_close() {
    stage_ = Stage::idle;
    const ConnectionRef connection = std::exchange(connection_, ConnectionRef{});
    transport_.release(*this, connection);
    transport_.listener_.transport_closed(connection);
  }

  SimulatedTransport& transport_;
  ConnectionRef connection_;
  const EstablishmentScript* script_ = &plain_script;
  EstablishmentPlan plan_;
  TimePoint begun_;
  Stage stage_ = Stage::idle;
  bool closed_ = false;
  TransportClose how_ = TransportClose::graceful;  ///< if closed
};

SimulatedTransport::SimulatedTransport(Loop& loop, Server& server, const ServerSetup& setup,
                                       Address address, std::uint32_t number, Handshake handshake,
                                       TransportListener& listener, ConnectionBackend* backend)
    : loop_(loop),
      server_(server),
      setup_(setup),
      address_(std::move(address)),
      number_(number),
      handshake_(handshake),
      listener_(listener),
      backend_(backend) {}

SimulatedTransport::~SimulatedTransport() = default;

void SimulatedTransport::establish(ConnectionRef connection) {
  const auto index = static_cast<std::size_t>(number(connection.id) - 1);
  const bool scripted = !healed_ && index < setup_.establishments.size();
  const EstablishmentScript& script = scripted ? setup_.establishments[index] : plain_script;
  EstablishmentPlan how = plan(script);
  ++counts_.opened;
  Wire& wire = new_wire(connection.id);
  wire.open(connection, script, std::move(how));

  switch (script.answer_inline) {
    case EstablishmentScript::Inline::no:
      return;
    case EstablishmentScript::Inline::throws:
      loop_.disarm(wire);
      throw std::runtime_error("the simulated transport throws");
    case EstablishmentScript::Inline::fails:
    case EstablishmentScript::Inline::succeeds:
      loop_.disarm(wire);
      wire.answer();
      return;
  }
}

/// The first handshake is a legacy hello unless the client is load-balanced (D-HS-2).
EstablishmentPlan SimulatedTransport::plan(const EstablishmentScript& script) {
  std::array<std::string_view, 3> commands = {handshake_.load_balanced ? "hello" : "isMaster",
                                              "saslStart", "saslContinue"};
  const std::size_t count = setup_.authentication ? commands.size() : 1;
  const auto hit = server_.strike(std::span(commands).first(count), setup_.app_name);
  if (script.answer_inline != EstablishmentScript::Inline::no) {
    return plan_inside_of_the_call(address_, script.answer_inline);
  }
  return plan_establishment(address_, setup_, script, hit);
}

void SimulatedTransport::time_out(ConnectionRef connection) {
  Wire* wire = find(connection.id);
  if (wire && !wire->is_closed()) wire->time_out();
}

void SimulatedTransport::interrupt(ConnectionRef connection, const ErrorPtr& error) {
  Wire* wire = find(connection.id);
  CMAP_ASSERT(error && wire);
  ++counts_.interrupts;
  wire->interrupt(error);
}

void SimulatedTransport::close(ConnectionRef connection, TransportClose how) {
  Wire* wire = find(connection.id);
  CMAP_ASSERT(wire && !wire->is_closed());
  if (how == TransportClose::abandon) ++counts_.abandoned;
  wire->close(how);
}

bool SimulatedTransport::peer_closes(ConnectionId id, NetworkFault fault) {
  Wire* wire = find(id);
  if (!wire || wire->is_closed()) return false;
  wire->break_off(fault);
  return true;
}

void SimulatedTransport::heal(const std::function<void()>& after_each_end) {
  healed_ = true;
  for (std::size_t i = 0; i < wires_.size(); ++i) {
    const Wire& wire = *wires_[i];
    if (!wire.hangs()) continue;
    peer_closes(wire.connection().id, NetworkFault::eof);
    after_each_end();
  }
}

void SimulatedTransport::visit_state(StateVisitor& visitor) const {
  visitor.word(static_cast<std::uint64_t>(counts_.opened - counts_.closed));
  for (const Wire* wire : by_id_) {
    if (wire) wire->visit_state(visitor);
  }
}

SimulatedTransport::Wire& SimulatedTransport::new_wire(ConnectionId id) {
  if (free_.empty()) {
    wires_.push_back(std::make_unique<Wire>(*this));
    free_.push_back(wires_.back().get());
  }
  Wire& wire = *free_.back();
  free_.pop_back();
  const auto index = static_cast<std::size_t>(number(id));
  if (by_id_.size() <= index) by_id_.resize(index + 1, nullptr);
  by_id_[index] = &wire;
  return wire;
}

void SimulatedTransport::release(Wire& wire, ConnectionRef connection) {
  ++counts_.closed;
  by_id_[static_cast<std::size_t>(number(connection.id))] = nullptr;
  free_.push_back(&wire);
}

SimulatedTransport::Wire* SimulatedTransport::find(ConnectionId id) {
  const auto index = static_cast<std::size_t>(number(id));
  return index < by_id_.size() ? by_id_[index] : nullptr;
}

}  // namespace cmap::sim
