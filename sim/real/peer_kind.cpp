// One user, and certificates of one authority and of another.
#include "sim/real/peer_kind.hpp"

namespace cmap::sim {
namespace {

constexpr const char* user = "user";
constexpr const char* password = "pencil";

}  // namespace

const serve::TestCertificates& PeerOptions::certificates() {
  const std::lock_guard lock(mutex_);
  if (!certificates_) certificates_ = std::make_unique<TemporaryCertificates>();
  return certificates_->files();
}

serve::ServerOptions PeerOptions::of_server(const PeerKind& kind) {
  serve::ServerOptions options{.load_balanced = kind.load_balanced_server};
  if (kind.authentication) options.users.push_back({.name = user, .password = password});
  options.authentication = kind.authentication;
  if (kind.tls) {
    options.tls = serve::TlsOptions{
        .certificate_key_file = kind.wrong_certificate ? certificates().other_server_key_file
                                                       : certificates().server_key_file};
  }
  return options;
}

NetworkOptions PeerOptions::of_client(const PeerKind& kind) {
  NetworkOptions options{.load_balanced = kind.load_balanced_client};
  if (kind.tls) options.tls = {.enabled = true, .ca_file = certificates().ca_file};
  if (kind.authentication)
    options.credential = wire::Credential{.user = user, .password = password};
  return options;
}

}  // namespace cmap::sim
