// Both kinds of streams by Asio.
#include "sim/real/serve/sockets/stream.hpp"

#include <stdexcept>
#include <utility>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <openssl/bio.h>
#include <openssl/x509.h>

#include "pool/api/assert.hpp"

namespace cmap::serve {
namespace {

namespace asio = boost::asio;

class PlainStream : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}

  [[nodiscard]] bool has_tls() const override { return false; }
  void handshake(Done /*done*/) override { CMAP_ASSERT(has_tls()); }
  void read_some(asio::mutable_buffer buffer, Done done) override {
    socket_.async_read_some(buffer, std::move(done));
  }
  void write(asio::const_buffer bytes, Done done) override {
    asio::async_write(socket_, bytes, std::move(done));
  }
  Socket& socket() override { return socket_; }
  [[nodiscard]] std::optional<std::string> certificate_subject() override { return std::nullopt; }

 private:
  Socket socket_;
};

/// RFC 2253, as the user of a certificate is named.
std::string subject_of(const X509& certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
  if (!memory) return {};
  X509_NAME_print_ex(memory.get(), X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253);
  std::string text(BIO_ctrl_pending(memory.get()), '\0');
  const int size = BIO_read(memory.get(), text.data(), static_cast<int>(text.size()));
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

class TlsStream : public Stream {
 public:
  TlsStream(Socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}

  [[nodiscard]] bool has_tls() const override { return true; }
  void handshake(Done done) override {
    stream_.async_handshake(
        asio::ssl::stream_base::server,
        [done = std::move(done)](boost::system::error_code error) { done(error, 0); });
  }
  void read_some(asio::mutable_buffer buffer, Done done) override {
    stream_.async_read_some(buffer, std::move(done));
  }
  void write(asio::const_buffer bytes, Done done) override {
    asio::async_write(stream_, bytes, std::move(done));
  }
  Socket& socket() override { return stream_.next_layer(); }
  [[nodiscard]] std::optional<std::string> certificate_subject() override {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        SSL_get1_peer_certificate(stream_.native_handle()), &X509_free);
    if (!certificate) return std::nullopt;
    return subject_of(*certificate);
  }

 private:
  asio::ssl::stream<Socket> stream_;
};

}  // namespace

std::unique_ptr<Stream> make_stream(Socket socket, asio::ssl::context* tls) {
  if (tls) return std::make_unique<TlsStream>(std::move(socket), *tls);
  return std::make_unique<PlainStream>(std::move(socket));
}

std::shared_ptr<asio::ssl::context> make_tls_context(const TlsOptions& options) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  const auto read = [](const std::filesystem::path& file, auto&& use) {
    try {
      use(file.string());
    } catch (const boost::system::system_error& error) {
      throw std::runtime_error(file.string() + ": " + error.code().message());
    }
  };
  read(options.certificate_key_file, [&](const std::string& file) {
    context->use_certificate_chain_file(file);
    context->use_private_key_file(file, asio::ssl::context::pem);
  });
  if (!options.ca_file) return context;
  read(*options.ca_file, [&](const std::string& file) { context->load_verify_file(file); });
  asio::ssl::verify_mode mode = asio::ssl::verify_peer;
  if (options.require_client_certificate) mode |= asio::ssl::verify_fail_if_no_peer_cert;
  context->set_verify_mode(mode);
  // Without it a client that resumes a session is refused once certificates are verified.
  SSL_CTX_set_session_id_context(context->native_handle(),
                                 reinterpret_cast<const unsigned char*>("cmap"), 4);
  return context;
}

}  // namespace cmap::serve
