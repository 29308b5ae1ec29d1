// The table of faults.
#include "pool/asio/network_error.hpp"

#include <memory>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace cmap {
namespace {

namespace error = boost::asio::error;
using boost::system::error_code;

/// What OpenSSL complains about: certificates, theirs (found by us) or ours (an alert of the peer);
/// or bytes that are no TLS.
NetworkFault tls_fault(const error_code& code) {
  const auto value = static_cast<unsigned long>(code.value());
  const int reason = ERR_GET_REASON(value);
  const bool alert = reason >= SSL_AD_REASON_OFFSET;
  if (alert || is_refused_certificate(code)) return NetworkFault::certificate;
  if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) return NetworkFault::eof;
  return NetworkFault::none;
}

/// `none`: the peer does not speak TLS.
NetworkFault fault_of(const error_code& code) {
  if (code.category() == error::get_ssl_category()) return tls_fault(code);
  if (code == boost::asio::ssl::error::stream_truncated || code == error::eof) {
    return NetworkFault::eof;
  }
  if (code.category() == error::get_netdb_category() ||
      code.category() == error::get_addrinfo_category()) {
    return NetworkFault::dns;
  }
  if (code == error::timed_out) return NetworkFault::timeout;
  if (code == error::connection_reset || code == error::broken_pipe ||
      code == error::connection_aborted) {
    return NetworkFault::reset;
  }
  return NetworkFault::refused;  // nobody listens, no route, no such socket
}

}  // namespace

bool is_refused_certificate(const error_code& code) {
  return code.category() == error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(code.value())) ==
             SSL_R_CERTIFICATE_VERIFY_FAILED;
}

ErrorPtr connection_error(const Address& address, NetworkFault fault, EstablishmentPhase phase,
                          const std::string& detail) {
  Error result = *establishment_error(address, fault, phase);
  if (!detail.empty()) result.message += ": " + detail;
  return std::make_shared<const Error>(std::move(result));
}

ErrorPtr connection_error(const Address& address, const error_code& code,
                          EstablishmentPhase phase) {
  const NetworkFault fault = fault_of(code);
  if (fault != NetworkFault::none) return connection_error(address, fault, phase, code.message());
  return std::make_shared<const Error>(
      Error{.type = ErrorType::protocol,
            .message = "The peer does not speak TLS: " + code.message(),
            .address = address});
}

}  // namespace cmap
