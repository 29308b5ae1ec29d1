// Opens gates as the plan says, and waits for what comes of it.
#include "sim/real/socket_backend.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

#include "pool/api/assert.hpp"

namespace cmap::sim {
namespace {

/// Real time. On loopback nothing takes this long.
constexpr std::chrono::seconds backend_patience{10};

EstablishmentPhase phase_of(serve::PeerPhase gate) {
  switch (gate) {
    case serve::PeerPhase::connect:
      return EstablishmentPhase::connect;
    case serve::PeerPhase::tls:
      return EstablishmentPhase::tls;
    case serve::PeerPhase::hello:
      return EstablishmentPhase::hello;
    case serve::PeerPhase::authenticate:
      return EstablishmentPhase::authenticate;
    case serve::PeerPhase::command:
      return EstablishmentPhase::done;
  }
  return EstablishmentPhase::done;
}

std::vector<std::string> label_names(ErrorLabel labels) {
  std::vector<std::string> names;
  if (has_label(labels, ErrorLabel::system_overloaded)) names.emplace_back("SystemOverloadedError");
  if (has_label(labels, ErrorLabel::retryable)) names.emplace_back("RetryableError");
  if (has_label(labels, ErrorLabel::transient_transaction)) {
    names.emplace_back("TransientTransactionError");
  }
  return names;
}

/// What the server does so that the client sees this error.
serve::Verdict verdict_for(const Error& error) {
  using Kind = serve::Verdict::Kind;
  switch (error.type) {
    case ErrorType::command:
      return {.kind = Kind::error,
              .code = error.code,
              .message = error.message,
              .labels = label_names(error.labels)};
    case ErrorType::authentication:
      return {.kind = Kind::refuse_credentials};
    case ErrorType::protocol:
      return {.kind = Kind::garbage};
    default:
      break;
  }
  // A certificate does not please the client whatever the server does now.
  if (error.fault == NetworkFault::certificate) return {};
  return {.kind = error.fault == NetworkFault::reset ? Kind::reset : Kind::close};
}

}  // namespace

SocketBackend::SocketBackend(RealPeers& peers, const ServerSetup& setup, bool load_balanced,
                             bool tls)
    : peers_(peers), setup_(setup), load_balanced_(load_balanced), tls_(tls || setup.tls) {
  peers_.add_gate(this, [this](const serve::Server& server, const serve::Peer& peer,
                               serve::Proceed& proceed) { return at_gate(server, peer, proceed); });
}

SocketBackend::~SocketBackend() {
  peers_.remove_gate(this);
  transports_.clear();  // from here on nobody calls back
  for (const auto& [connection, link] : links_) {
    if (link->proceed) link->proceed({.kind = serve::Verdict::Kind::close});
  }
}

void SocketBackend::begin(ConnectionRef connection, const EstablishmentScript& script,
                          const EstablishmentPlan& plan) {
  auto made = std::make_unique<Link>();
  Link& link = *made;
  link.script = &script;
  link.plan = &plan;
  choose_peer(link);
  {
    const std::lock_guard lock(mutex_);
    links_[connection] = std::move(made);
  }
  // A port that refuses, and a name that cannot be resolved, answer at once: not before the plan.
  const bool answers_at_once = !link.peer.server && !plan.hangs;
  if (!answers_at_once) start(connection, link);
}

void SocketBackend::choose_peer(Link& link) {
  const EstablishmentPlan& plan = *link.plan;
  const NetworkFault fault = plan.error ? plan.error->fault : NetworkFault::none;
  const bool before_the_server = plan.last <= EstablishmentPhase::connect;
  if (plan.last == EstablishmentPhase::resolve && plan.error) {
    link.peer = peers_.nowhere();
  } else if (before_the_server && plan.hangs) {
    link.peer = peers_.silent();
  } else if (fault == NetworkFault::refused) {
    link.peer = peers_.dead();
  } else {
    // Who answers inside of the call says nothing of hello; the client shall not give up for that.
    const bool names_service = link.script->service_id ||
                               link.script->answer_inline == EstablishmentScript::Inline::succeeds;
    link.peer = peers_.server({.tls = tls_,
                               .wrong_certificate = fault == NetworkFault::certificate,
                               .authentication = setup_.authentication,
                               .load_balanced_client = load_balanced_,
                               .load_balanced_server = load_balanced_ && names_service});
  }
}

/// Returns when the server holds the connection, where there is a server.
void SocketBackend::start(ConnectionRef connection, Link& link) {
  link.begun = true;
  link.transport = &transport_to(link.peer);
  Lock lock(mutex_);
  if (link.peer.server) awaited_ = &link;
  lock.unlock();
  link.transport->establish(connection);
  lock.lock();
  if (link.peer.server) wait(lock, [&] { return link.number != 0; });
}

Transport& SocketBackend::transport_to(const RealPeers::Reached& peer) {
  auto& transport = transports_[peer.address.text()];
  if (!transport) transport = peer.environment->make_transport(peer.address, *this);
  return *transport;
}

SocketBackend::Link& SocketBackend::link_of(ConnectionRef connection) {
  const std::lock_guard lock(mutex_);
  const auto found = links_.find(connection);
  CMAP_ASSERT(found != links_.end());
  return *found->second;
}

template <typename Condition>
void SocketBackend::wait(Lock& lock, Condition&& condition) {
  if (!changed_.wait_for(lock, backend_patience, condition)) {
    throw std::runtime_error("the network did not answer within 10 s");
  }
}

/// As the plan says for the phase that it stands at.
void SocketBackend::pass_gate(Lock& lock, Link& link) {
  const bool fails_here = link.plan->error && phase_of(link.gate) == link.plan->last;
  const serve::Proceed proceed = std::exchange(link.proceed, nullptr);
  lock.unlock();
  proceed(fails_here ? verdict_for(*link.plan->error) : serve::Verdict{});
  lock.lock();
}

void SocketBackend::pass_gates_before(Lock& lock, Link& link, EstablishmentPhase phase) {
  for (;;) {
    wait(lock, [&] { return link.proceed != nullptr || link.error; });
    if (link.error || phase_of(link.gate) >= phase) return;
    pass_gate(lock, link);
  }
}

std::optional<ServiceId> SocketBackend::hello(ConnectionRef connection) {
  Link& link = link_of(connection);
  Lock lock(mutex_);
  // A client that was told of no service gives up by itself.
  while (!link.hello_told && !link.error) {
    wait(lock, [&] { return link.proceed != nullptr || link.hello_told || link.error; });
    if (link.proceed && !link.hello_told) pass_gate(lock, link);
  }
  // The server names its services as it likes; the script has another name for the same.
  return link.service ? link.script->service_id : std::nullopt;
}

ErrorPtr SocketBackend::outcome(ConnectionRef connection) {
  Link& link = link_of(connection);
  if (!link.begun) start(connection, link);
  Lock lock(mutex_);
  while (!link.established && !link.error) {
    wait(lock, [&] { return link.proceed != nullptr || link.established || link.error; });
    if (link.proceed) pass_gate(lock, link);
  }
  return link.error;
}

ErrorPtr SocketBackend::time_out(ConnectionRef connection, EstablishmentPhase phase) {
  Link& link = link_of(connection);
  Lock lock(mutex_);
  if (link.error) return link.error;
  // Who would have refused has not done so yet.
  if (!link.begun) link.peer = peers_.silent();
  lock.unlock();
  if (!link.begun) start(connection, link);
  lock.lock();
  if (phase == EstablishmentPhase::done) {
    wait(lock, [&] { return link.established || link.error; });
  } else if (link.peer.server) {
    pass_gates_before(lock, link, phase);
  }
  lock.unlock();
  link.transport->time_out(connection);
  lock.lock();
  wait(lock, [&] { return link.error != nullptr; });
  return link.error;
}

void SocketBackend::interrupt(ConnectionRef connection, const ErrorPtr& error) {
  const Link& link = link_of(connection);
  if (link.begun) link.transport->interrupt(connection, error);
}

void SocketBackend::close(ConnectionRef connection, TransportClose how) {
  Link& link = link_of(connection);
  if (link.begun) {
    link.transport->close(connection, how);
    Lock lock(mutex_);
    wait(lock, [&] { return link.closed; });
  }
  serve::Proceed proceed;
  {
    const std::lock_guard lock(mutex_);
    proceed = std::exchange(link.proceed, nullptr);
    links_.erase(connection);
  }
  if (proceed) proceed({.kind = serve::Verdict::Kind::close});
}

ErrorPtr SocketBackend::peer_closes(ConnectionRef connection, NetworkFault fault,
                                    EstablishmentPhase phase) {
  Link& link = link_of(connection);
  using How = serve::Server::How;
  Lock lock(mutex_);
  if (!link.begun || !link.peer.server) {  // nobody is there who could do it
    if (!link.error) link.error = establishment_error(Address(), fault, phase);
    return link.error;
  }
  if (phase != EstablishmentPhase::done) pass_gates_before(lock, link, phase);
  if (link.error) return link.error;  // it has ended already
  const std::uint64_t number = link.number;
  lock.unlock();
  link.peer.server->close_peer(number, fault == NetworkFault::reset ? How::reset : How::close);
  lock.lock();
  wait(lock, [&] { return link.error != nullptr; });
  return link.error;
}

bool SocketBackend::at_gate(const serve::Server& server, const serve::Peer& peer,
                            serve::Proceed& proceed) {
  const std::lock_guard lock(mutex_);
  Link* at = nullptr;
  if (peer.phase == serve::PeerPhase::connect) {
    at = std::exchange(awaited_, nullptr);
    if (at) at->number = peer.connection;
  } else {
    for (const auto& [connection, link] : links_) {
      if (link->peer.server == &server && link->number == peer.connection) at = link.get();
    }
  }
  if (!at) return false;  // somebody else's, or closed in the meantime
  at->gate = peer.phase;
  at->proceed = std::move(proceed);
  changed_.notify_all();
  return true;
}

void SocketBackend::hello_completed(ConnectionRef connection, std::optional<ServiceId> service) {
  const std::lock_guard lock(mutex_);
  const auto found = links_.find(connection);
  if (found == links_.end()) return;
  found->second->hello_told = true;
  found->second->service = service;
  changed_.notify_all();
}

void SocketBackend::established(ConnectionRef connection) {
  const std::lock_guard lock(mutex_);
  const auto found = links_.find(connection);
  if (found == links_.end()) return;
  found->second->established = true;
  changed_.notify_all();
}

void SocketBackend::failed(ConnectionRef connection, ErrorPtr error) {
  const std::lock_guard lock(mutex_);
  const auto found = links_.find(connection);
  // What comes second is ignored (Transport::time_out).
  if (found == links_.end() || found->second->error) return;
  found->second->error = std::move(error);
  changed_.notify_all();
}

void SocketBackend::transport_closed(ConnectionRef connection) {
  const std::lock_guard lock(mutex_);
  const auto found = links_.find(connection);
  if (found == links_.end()) return;
  found->second->closed = true;
  changed_.notify_all();
}

}  // namespace cmap::sim
