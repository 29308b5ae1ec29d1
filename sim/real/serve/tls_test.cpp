// TLS: certificates made here, clients that trust them or do not.
#include <fstream>
#include <memory>
#include <thread>

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "sim/real/serve/certificates.hpp"
#include "sim/real/serve/client_harness.hpp"
#include "sim/real/serve/server.hpp"
#include "sim/real/temporary_certificates.hpp"

namespace cmap::serve {
namespace {

namespace fs = std::filesystem;

using wire::Document;
using wire::DocumentBuilder;

/// Made once for all tests of a process.
const sim::TemporaryCertificates& certificates() {
  static const sim::TemporaryCertificates made;
  return made;
}

struct ClientChoices {
  fs::path ca_file = certificates().files().ca_file;
  std::optional<fs::path> key_file{};
  std::string host = "127.0.0.1";
};

/// As a driver with all checks on.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, const ClientChoices& choices = {})
      : socket_(port), context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_load_verify_file(context_.get(), choices.ca_file.c_str());
    if (choices.key_file) {
      SSL_CTX_use_certificate_chain_file(context_.get(), choices.key_file->c_str());
      SSL_CTX_use_PrivateKey_file(context_.get(), choices.key_file->c_str(), SSL_FILETYPE_PEM);
    }
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), socket_.descriptor());
    X509_VERIFY_PARAM* parameters = SSL_get0_param(tls_.get());
    if (choices.host.find(':') == std::string::npos && choices.host[0] != '1') {
      X509_VERIFY_PARAM_set1_host(parameters, choices.host.c_str(), 0);
    } else {
      X509_VERIFY_PARAM_set1_ip_asc(parameters, choices.host.c_str());
    }
  }

  /// What OpenSSL says about the server's certificate, X509_V_OK if it is good.
  long connect() {
    is_connected_ = SSL_connect(tls_.get()) == 1;
    return SSL_get_verify_result(tls_.get());
  }
  [[nodiscard]] bool is_connected() const { return is_connected_; }

  /// Nothing: the server ended it.
  std::optional<Document> ask(Document command) {
    const wire::Bytes message =
        wire::encode(wire::OpMsg{.request_id = 1, .body = std::move(command)});
    if (SSL_write(tls_.get(), message.data(), static_cast<int>(message.size())) <= 0) {
      return std::nullopt;
    }
    wire::FrameSplitter splitter;
    wire::Bytes buffer(65'536);
    for (;;) {
      const int size = SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
      if (size <= 0) return std::nullopt;
      splitter.feed(wire::ByteView(buffer).first(static_cast<std::size_t>(size)));
      if (const auto reply = splitter.next()) return wire::decode_op_msg(*reply)->body;
      if (splitter.failure()) return std::nullopt;
    }
  }

 private:
  TestSocket socket_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, &SSL_free};
  bool is_connected_ = false;
};

ServerOptions with_certificate(const fs::path& key_file) {
  return {.tls = TlsOptions{.certificate_key_file = key_file}};
}

class Tls : public ::testing::Test {
 protected:
  ~Tls() override { ERR_clear_error(); }
  void start(ServerOptions options = with_certificate(certificates().files().server_key_file),
             Hooks hooks = {}) {
    server.emplace(std::move(options), std::move(hooks));
    server->start();
    port = server->ports().front();
  }
  long verdict_on(const fs::path& key_file, const ClientChoices& choices = {}) {
    start(with_certificate(key_file));
    TlsClient client(port, choices);
    return client.connect();
  }

  std::optional<Server> server;
  std::uint16_t port = 0;
};

TEST_F(Tls, CarriesCommands) {
  start();
  EXPECT_EQ(server->uri(), "mongodb://127.0.0.1:" + std::to_string(port) + "/?tls=true");
  TlsClient client(port);
  EXPECT_EQ(client.connect(), X509_V_OK);
  const auto reply = client.ask(command_document("ping"));
  ASSERT_TRUE(reply);
  EXPECT_TRUE(is_ok(*reply));
}

TEST_F(Tls, TheCertificateIsForLocalhostByEveryName) {
  start();
  for (const char* host : {"127.0.0.1", "::1", "localhost"}) {
    TlsClient client(port, {.host = host});
    EXPECT_EQ(client.connect(), X509_V_OK) << host;
  }
}

TEST_F(Tls, AWrongHost) {
  EXPECT_EQ(verdict_on(certificates().files().wrong_host_key_file), X509_V_ERR_IP_ADDRESS_MISMATCH);
}

TEST_F(Tls, ACertificateThatHasExpired) {
  EXPECT_EQ(verdict_on(certificates().files().expired_key_file), X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST_F(Tls, AnAuthorityThatTheClientDoesNotKnow) {
  EXPECT_NE(verdict_on(certificates().files().other_server_key_file), X509_V_OK);
  EXPECT_EQ(verdict_on(certificates().files().other_server_key_file,
                       {.ca_file = certificates().files().other_ca_file}),
            X509_V_OK);
}

TEST_F(Tls, AClientWithACertificateHasAName) {
  ServerOptions options = with_certificate(certificates().files().server_key_file);
  options.tls->ca_file = certificates().files().ca_file;
  options.authentication = true;
  start(std::move(options));
  TlsClient client(port, {.key_file = certificates().files().client_key_file});
  EXPECT_EQ(client.connect(), X509_V_OK);
  const auto reply = client.ask(DocumentBuilder()
                                    .int32("authenticate", 1)
                                    .string("mechanism", "MONGODB-X509")
                                    .string("$db", "$external")
                                    .build());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->view().find_string("user"), "CN=client,O=cmap");
  EXPECT_TRUE(is_ok(*client.ask(command_document("ping"))));
  // Without one it may connect, and has no name.
  TlsClient nobody(port);
  EXPECT_EQ(nobody.connect(), X509_V_OK);
  EXPECT_EQ(code_of(*nobody.ask(command_document("ping"))), 13);
}

TEST_F(Tls, AClientOfAnotherAuthorityIsRefused) {
  ServerOptions options = with_certificate(certificates().files().server_key_file);
  options.tls->ca_file = certificates().files().ca_file;
  options.tls->require_client_certificate = true;
  start(std::move(options));
  TlsClient stranger(port, {.key_file = certificates().files().other_client_key_file});
  stranger.connect();
  EXPECT_FALSE(stranger.ask(command_document("ping")));
  TlsClient nobody(port);
  nobody.connect();
  EXPECT_FALSE(nobody.ask(command_document("ping")));
  TlsClient known(port, {.key_file = certificates().files().client_key_file});
  known.connect();
  EXPECT_TRUE(known.ask(command_document("ping")));
}

TEST_F(Tls, WhoDoesNotSpeakItIsNoHarm) {
  start();
  TestClient plain(port);
  plain.send(command_document("ping"));
  plain.wait_for_end();
  TestClient silent(port);
  TlsClient client(port);
  EXPECT_EQ(client.connect(), X509_V_OK);
  EXPECT_TRUE(client.ask(command_document("ping")));
}

TEST_F(Tls, HasAGateBeforeTheHandshake) {
  GateKeeper keeper;
  start(with_certificate(certificates().files().server_key_file), keeper.hooks());
  for (const auto kind :
       {Verdict::Kind::go_on, Verdict::Kind::close, Verdict::Kind::reset, Verdict::Kind::garbage}) {
    TlsClient client(port);
    keeper.pass(PeerPhase::connect);
    const GateKeeper::Standing standing = keeper.take();
    EXPECT_EQ(standing.peer.phase, PeerPhase::tls);
    standing.proceed({.kind = kind});
    client.connect();
    EXPECT_EQ(client.is_connected(), kind == Verdict::Kind::go_on);
  }
  server.reset();
}

TEST_F(Tls, GarbageInsideOfTls) {
  GateKeeper keeper;
  start(with_certificate(certificates().files().server_key_file), keeper.hooks());
  TlsClient client(port);
  keeper.pass(PeerPhase::connect);
  keeper.pass(PeerPhase::tls);
  EXPECT_EQ(client.connect(), X509_V_OK);
  std::thread judge([&] { keeper.take().proceed({.kind = Verdict::Kind::garbage}); });
  EXPECT_FALSE(client.ask(command_document("hello")));
  judge.join();
  server.reset();
}

TEST(Certificates, AreMadeOnceAndKeptPrivate) {
  const fs::path again = make_test_certificates(certificates().folder()).server_key_file;
  const auto written = fs::last_write_time(again);
  make_test_certificates(certificates().folder());
  EXPECT_EQ(fs::last_write_time(again), written);
  using fs::perms;
  EXPECT_EQ(fs::status(again).permissions(), perms::owner_read | perms::owner_write);
}

TEST(Certificates, AFileThatCannotBeReadIsAnError) {
  const auto error_of = [](const fs::path& file) -> std::string {
    try {
      const Server server(with_certificate(file));
      return "";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  };
  EXPECT_NE(error_of("/nonexistent.pem").find("/nonexistent.pem"), std::string::npos);
  const fs::path text = certificates().folder() / "text.pem";
  std::ofstream(text) << "no certificate";
  EXPECT_NE(error_of(text).find("text.pem"), std::string::npos);
  EXPECT_THROW(make_test_certificates(text), std::runtime_error);
}

}  // namespace
}  // namespace cmap::serve
