// A-EST-2 and A-POOL-6 to 8 on real sockets: what works, and every way in which it can fail.
#include <chrono>
#include <future>

#include <gtest/gtest.h>

#include "pool/asio/server_harness.hpp"
#include "sim/real/ports.hpp"

namespace cmap::test {
namespace {

using namespace std::chrono_literals;
using serve::PeerPhase;
using Kind = serve::Verdict::Kind;

constexpr ErrorLabel overload = ErrorLabel::system_overloaded | ErrorLabel::retryable;

NetworkOptions with_tls() {
  return {.tls = {.enabled = true, .ca_file = test_certificates().ca_file}};
}

serve::ServerOptions tls_server(const std::filesystem::path& certificate) {
  return {.tls = serve::TlsOptions{.certificate_key_file = certificate}};
}

serve::ServerOptions tls_server() { return tls_server(test_certificates().server_key_file); }

wire::Credential user() { return {.user = "user", .password = "pencil"}; }

serve::ServerOptions server_with_user() {
  return {.authentication = true, .users = {{.name = "user", .password = "pencil"}}};
}

/// Treats the first connection in one phase as told, and lets all else pass.
serve::Hooks treat(PeerPhase phase, serve::Verdict verdict) {
  return {.gate = [=](const serve::Peer& peer, serve::Proceed proceed) {
    proceed(peer.phase == phase ? verdict : serve::Verdict{});
  }};
}

/// Never answers in that phase.
serve::Hooks hang_in(PeerPhase phase) {
  return {.gate = [=](const serve::Peer& peer, serve::Proceed proceed) {
    if (peer.phase != phase) proceed({});
  }};
}

Error check_out_error(RealWorld& world, PoolOptions options = {}) {
  const auto pool = world.make_pool(options);
  return thrown_error([&] { pool->check_out(); });
}

/// What the pool does whose time is up when the success is under way to it.
class TooLate : public TransportListener {
 public:
  void hello_completed(ConnectionRef, std::optional<ServiceId>) override {}
  void established(ConnectionRef connection) override { transport->time_out(connection); }
  void failed(ConnectionRef, ErrorPtr error) override {
    if (!std::exchange(has_failed_, true)) error_.set_value(std::move(error));
  }
  void transport_closed(ConnectionRef) override {}

  Error error() { return *error_.get_future().get(); }
  Transport* transport = nullptr;

 private:
  bool has_failed_ = false;
  std::promise<ErrorPtr> error_;
};

TEST(AsioEstablishment, ATimeoutIsAnsweredEvenBehindSuccess) {
  RealWorld world;
  TooLate listener;
  const auto transport = world.environment.make_transport(world.address, listener);
  listener.transport = transport.get();
  transport->establish({.id = ConnectionId{1}});
  EXPECT_EQ(listener.error().fault, NetworkFault::timeout);
}

TEST(AsioEstablishment, Tcp) {
  RealWorld world;
  const auto pool = world.make_pool();
  EXPECT_TRUE(pool->check_out());
  EXPECT_EQ(pool->counts().available, 1U);
}

TEST(AsioEstablishment, NamesAreResolvedAndEveryAddressIsTried) {
  RealWorld world;  // listens on 127.0.0.1 only; localhost may be ::1 first
  world.address = Address("localhost", world.server.ports().front());
  EXPECT_TRUE(world.make_pool()->check_out());
}

TEST(AsioEstablishment, IPv6) {
  RealWorld world({.bind = "::1"});
  world.address = Address("::1", world.server.ports().front());
  EXPECT_TRUE(world.make_pool()->check_out());
}

TEST(AsioEstablishment, UnixSocket) {
  const auto path = temporary_certificates().folder() / "server.sock";
  RealWorld world({.unix_socket = path});
  world.address = Address::unix_socket(path);
  EXPECT_TRUE(world.make_pool()->check_out());
}

TEST(AsioEstablishment, Tls) {
  RealWorld world(tls_server(), with_tls());
  EXPECT_TRUE(world.make_pool()->check_out());
}

TEST(AsioEstablishment, TlsByName) {
  RealWorld world(tls_server(), with_tls());
  world.address = Address("localhost", world.server.ports().front());
  EXPECT_TRUE(world.make_pool()->check_out());
}

TEST(AsioEstablishment, AuthenticationWithEitherMechanism) {
  using Mechanism = wire::AuthenticationMechanism;
  for (const auto mechanism : {std::optional<Mechanism>(), std::optional(Mechanism::scram_sha_1),
                               std::optional(Mechanism::scram_sha_256)}) {
    wire::Credential credential = user();
    credential.mechanism = mechanism;
    RealWorld world(server_with_user(), {.credential = credential});
    EXPECT_TRUE(world.make_pool()->check_out());
  }
}

TEST(AsioEstablishment, WrongPassword) {
  wire::Credential credential = user();
  credential.password = "pen";
  RealWorld world(server_with_user(), {.credential = credential});
  const Error error = check_out_error(world);
  EXPECT_EQ(error.type, ErrorType::authentication);
  EXPECT_EQ(error.labels, ErrorLabel::none);
  EXPECT_EQ(world.events.count(EventType::pool_cleared), 1);
}

TEST(AsioEstablishment, LoadBalancedConnectionsHaveAService) {
  RealWorld world({.load_balanced = true}, {.load_balanced = true});
  EXPECT_TRUE(world.make_pool({.load_balanced = true})->check_out());
}

TEST(AsioEstablishment, LoadBalancedClientOnAnOtherServer) {
  RealWorld world({}, {.load_balanced = true});
  const Error error = check_out_error(world, {.load_balanced = true});
  EXPECT_EQ(error.type, ErrorType::protocol);
  EXPECT_EQ(error.message.find("Driver attempted to initialize in load balancing mode"), 0U);
}

// --- The matrix: what goes wrong, and where ----------------------------------------------------

struct Failing {
  const char* name;
  PeerPhase phase;
  Kind kind;
  ErrorType type;
  NetworkFault fault;
  ErrorLabel labels;
  bool tls = false;
};

std::ostream& operator<<(std::ostream& out, const Failing& failing) { return out << failing.name; }

class Matrix : public testing::TestWithParam<Failing> {};

TEST_P(Matrix, HasItsFaultAndItsLabels) {
  const Failing& failing = GetParam();
  NetworkOptions network = failing.tls ? with_tls() : NetworkOptions{};
  serve::ServerOptions server = failing.tls ? tls_server() : serve::ServerOptions{};
  network.credential = user();
  server.users = server_with_user().users;
  RealWorld world(server, network, treat(failing.phase, {.kind = failing.kind}));
  const Error error = check_out_error(world);
  EXPECT_EQ(error.type, failing.type) << error.message;
  EXPECT_EQ(error.fault, failing.fault) << error.message;
  EXPECT_EQ(error.labels, failing.labels) << error.message;
  EXPECT_EQ(error.address, world.address);
  const bool clears = failing.labels == ErrorLabel::none;
  EXPECT_EQ(world.events.count(EventType::pool_cleared), clears ? 1 : 0);
}

constexpr auto network_error = ErrorType::network;
constexpr auto protocol = ErrorType::protocol;
constexpr auto none = NetworkFault::none;

INSTANTIATE_TEST_SUITE_P(
    AsioEstablishment, Matrix,
    testing::Values(
        Failing{"TcpReset", PeerPhase::connect, Kind::reset, network_error, NetworkFault::reset,
                overload},
        Failing{"TcpEof", PeerPhase::connect, Kind::close, network_error, NetworkFault::eof,
                overload},
        Failing{"TlsReset", PeerPhase::tls, Kind::reset, network_error, NetworkFault::reset,
                overload, true},
        Failing{"TlsEof", PeerPhase::tls, Kind::close, network_error, NetworkFault::eof, overload,
                true},
        Failing{"TlsGarbage", PeerPhase::tls, Kind::garbage, protocol, none, ErrorLabel::none,
                true},
        Failing{"HelloReset", PeerPhase::hello, Kind::reset, network_error, NetworkFault::reset,
                overload},
        Failing{"HelloEof", PeerPhase::hello, Kind::close, network_error, NetworkFault::eof,
                overload},
        Failing{"HelloGarbage", PeerPhase::hello, Kind::garbage, protocol, none, ErrorLabel::none},
        Failing{"HelloEofUnderTls", PeerPhase::hello, Kind::close, network_error, NetworkFault::eof,
                overload, true},
        Failing{"AuthenticationReset", PeerPhase::authenticate, Kind::reset, network_error,
                NetworkFault::reset, ErrorLabel::none},
        Failing{"AuthenticationEof", PeerPhase::authenticate, Kind::close, network_error,
                NetworkFault::eof, ErrorLabel::none},
        Failing{"AuthenticationGarbage", PeerPhase::authenticate, Kind::garbage, protocol, none,
                ErrorLabel::none},
        Failing{"AuthenticationRefused", PeerPhase::authenticate, Kind::refuse_credentials,
                ErrorType::authentication, none, ErrorLabel::none},
        Failing{"HelloError", PeerPhase::hello, Kind::error, ErrorType::command, none,
                ErrorLabel::none}),
    [](const auto& each) { return std::string(each.param.name); });

struct Hanging {
  const char* name;
  PeerPhase phase;
  ErrorLabel labels;
  bool tls = false;
};

std::ostream& operator<<(std::ostream& out, const Hanging& hanging) { return out << hanging.name; }

class TimeoutMatrix : public testing::TestWithParam<Hanging> {};

TEST_P(TimeoutMatrix, EndsInTimeWithItsLabels) {
  const Hanging& hanging = GetParam();
  NetworkOptions network = hanging.tls ? with_tls() : NetworkOptions{};
  serve::ServerOptions server = hanging.tls ? tls_server() : serve::ServerOptions{};
  network.credential = user();
  server.users = server_with_user().users;
  RealWorld world(server, network, hang_in(hanging.phase));
  const Error error = check_out_error(world, {.establishment_timeout = 150ms});
  EXPECT_EQ(error.fault, NetworkFault::timeout) << error.message;
  EXPECT_EQ(error.labels, hanging.labels) << error.message;
}

INSTANTIATE_TEST_SUITE_P(AsioEstablishment, TimeoutMatrix,
                         testing::Values(Hanging{"Tls", PeerPhase::tls, overload, true},
                                         Hanging{"Hello", PeerPhase::hello, overload},
                                         Hanging{"Authentication", PeerPhase::authenticate,
                                                 ErrorLabel::none}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(AsioEstablishment, ConnectingThatNeverEndsTimesOut) {
  RealWorld world;
  const sim::SilentPort silent;
  world.address = Address("127.0.0.1", silent.number());
  const Error error = check_out_error(world, {.establishment_timeout = 50ms});
  EXPECT_EQ(error.fault, NetworkFault::timeout);
  EXPECT_EQ(error.labels, overload);
}

TEST(AsioEstablishment, Refused) {
  RealWorld world;
  const sim::DeadPort dead;
  world.address = Address("127.0.0.1", dead.number());
  const Error error = check_out_error(world);
  EXPECT_EQ(error.fault, NetworkFault::refused);
  EXPECT_EQ(error.labels, overload);
}

TEST(AsioEstablishment, UnknownName) {
  RealWorld world;
  world.address = Address("nowhere.invalid", 27017);
  const Error error = check_out_error(world);
  EXPECT_EQ(error.fault, NetworkFault::dns) << error.message;
  EXPECT_EQ(error.labels, ErrorLabel::none);
}

// --- Certificates -------------------------------------------------------------------------------

Error tls_error(const std::filesystem::path& server_certificate, NetworkOptions network) {
  RealWorld world(tls_server(server_certificate), std::move(network));
  world.address = Address("localhost", world.server.ports().front());
  return check_out_error(world);
}

void expect_refused_certificate(const Error& error, const std::string& why) {
  EXPECT_EQ(error.fault, NetworkFault::certificate) << error.message;
  EXPECT_TRUE(error.message.ends_with(why)) << error.message;
  EXPECT_EQ(error.labels, ErrorLabel::none);
}

TEST(AsioEstablishment, UnknownAuthority) {
  expect_refused_certificate(tls_error(test_certificates().other_server_key_file, with_tls()),
                             ": certificate verify failed: unable to get local issuer certificate");
}

TEST(AsioEstablishment, ExpiredCertificate) {
  expect_refused_certificate(tls_error(test_certificates().expired_key_file, with_tls()),
                             ": certificate verify failed: certificate has expired");
}

TEST(AsioEstablishment, CertificateOfAnotherHost) {
  expect_refused_certificate(tls_error(test_certificates().wrong_host_key_file, with_tls()),
                             ": certificate verify failed: hostname mismatch");
}

TEST(AsioEstablishment, InvalidHostNamesCanBeAllowed) {
  NetworkOptions network = with_tls();
  network.tls.allow_invalid_hostnames = true;
  RealWorld world(tls_server(test_certificates().wrong_host_key_file), network);
  EXPECT_TRUE(world.make_pool()->check_out());
}

TEST(AsioEstablishment, InvalidCertificatesCanBeAllowed) {
  NetworkOptions network = with_tls();
  network.tls.allow_invalid_certificates = true;
  RealWorld world(tls_server(test_certificates().other_server_key_file), network);
  EXPECT_TRUE(world.make_pool()->check_out());
}

TEST(AsioEstablishment, TheServerWantsACertificate) {
  serve::ServerOptions server = tls_server();
  server.tls->ca_file = test_certificates().ca_file;
  server.tls->require_client_certificate = true;
  NetworkOptions network = with_tls();
  network.tls.certificate_key_file = test_certificates().client_key_file;
  RealWorld world(server, network);
  EXPECT_TRUE(world.make_pool()->check_out());
  RealWorld without(server, with_tls());
  expect_refused_certificate(check_out_error(without), "alert certificate required (SSL routines)");
}

TEST(AsioEstablishment, FilesThatCannotBeUsedAreNamed) {
  IoThreads threads;
  NetworkOptions network{.tls = {.enabled = true, .ca_file = "/no/such/file"}};
  try {
    const AsioEnvironment environment(threads, network);
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(std::string(error.what()).find("tlsCAFile: cannot use '/no/such/file'"), 0U);
  }
}

TEST(AsioEstablishment, EveryHandshakeCommandHasItsOwnTime) {  // D-CSOT-3
  RealWorld world({}, {}, hang_in(PeerPhase::hello));
  const Error error =
      check_out_error(world, {.establishment_timeout = 60s, .handshake_timeout = 50ms});
  EXPECT_EQ(error.fault, NetworkFault::timeout);
  EXPECT_EQ(error.labels, overload);
}

TEST(AsioEstablishment, ClosingThePoolEndsItInEveryPhase) {
  for (const PeerPhase phase : {PeerPhase::connect, PeerPhase::tls, PeerPhase::hello}) {
    RealWorld world(tls_server(), with_tls(), hang_in(phase));
    const auto pool = world.make_pool();
    pool->check_out({}, [](const CheckOutResult&) {});
    world.events.wait_for(EventType::connection_created);
    pool->close();
    std::promise<void> drained;
    pool->when_drained([&] { drained.set_value(); });
    drained.get_future().get();
    EXPECT_EQ(pool->counts(), PoolCounts{});
  }
}

}  // namespace
}  // namespace cmap::test
