// Kinds of peers on loopback, and the options of servers and clients that fit each other.
#pragma once

#include <compare>
#include <memory>
#include <mutex>

#include "pool/asio/network_options.hpp"
#include "sim/real/serve/server_options.hpp"
#include "sim/real/temporary_certificates.hpp"

namespace cmap::sim {

/// How a connection finds its peer.
struct PeerKind {
  bool tls = false;
  bool wrong_certificate = false;  ///< with tls: of another authority
  bool authentication = false;
  bool load_balanced_client = false;
  bool load_balanced_server = false;
  auto operator<=>(const PeerKind&) const = default;
};

/// Owns the certificates, which are made when first needed. Thread-safe.
class PeerOptions {
 public:
  [[nodiscard]] serve::ServerOptions of_server(const PeerKind& kind);
  [[nodiscard]] NetworkOptions of_client(const PeerKind& kind);

 private:
  [[nodiscard]] const serve::TestCertificates& certificates();

  std::mutex mutex_;
  std::unique_ptr<TemporaryCertificates> certificates_;  ///< null: not needed yet
};

}  // namespace cmap::sim
