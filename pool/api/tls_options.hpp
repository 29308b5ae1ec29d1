// How a client uses TLS, as plain values.
#pragma once

#include <string>

namespace cmap {

/// Under the names of the URI options (tls...).
struct TlsOptions {
  bool enabled = false;
  std::string ca_file{};               ///< PEM; empty: the authorities that the system trusts
  std::string certificate_key_file{};  ///< PEM, certificate and private key; empty: none is shown
  std::string certificate_key_file_password{};
  bool allow_invalid_certificates = false;  ///< accepts any certificate, of any host
  bool allow_invalid_hostnames = false;     ///< accepts a certificate of another host
};

}  // namespace cmap
