// Files into an OpenSSL context.
#include "pool/asio/tls_context.hpp"

#include <stdexcept>
#include <string>

#include <openssl/ssl.h>

namespace cmap {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

void require(const error_code& code, const char* option, const std::string& file) {
  if (!code) return;
  std::string text = option;
  text += ": cannot use '" + file + "': " + code.message();
  throw std::runtime_error(text);
}

void trust(ssl::context& context, const TlsOptions& options) {
  error_code code;
  if (options.ca_file.empty()) {
    context.set_default_verify_paths(code);
    require(code, "tlsCAFile", "the authorities of the system");
  } else {
    context.load_verify_file(options.ca_file, code);
    require(code, "tlsCAFile", options.ca_file);
  }
  context.set_verify_mode(options.allow_invalid_certificates ? ssl::verify_none : ssl::verify_peer);
}

void show_certificate(ssl::context& context, const TlsOptions& options) {
  const std::string& file = options.certificate_key_file;
  if (file.empty()) return;
  error_code code;
  const std::string password = options.certificate_key_file_password;
  context.set_password_callback(
      [password](std::size_t, ssl::context::password_purpose) { return password; });
  context.use_certificate_chain_file(file, code);
  require(code, "tlsCertificateKeyFile", file);
  context.use_private_key_file(file, ssl::context::pem, code);
  require(code, "tlsCertificateKeyFile", file);
}

}  // namespace

std::shared_ptr<ssl::context> make_tls_context(const TlsOptions& options) {
  if (!options.enabled) return nullptr;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                       ssl::context::no_tlsv1_1);
  trust(*context, options);
  show_certificate(*context, options);
  return context;
}

}  // namespace cmap
