// What TLS connections have in common: authorities, our certificate, how strict to be.
#pragma once

#include <memory>

#include <boost/asio/ssl/context.hpp>

#include "pool/asio/network_options.hpp"

namespace cmap {

/// Null without TLS. Throws std::runtime_error that names the option and the file.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const TlsOptions& options);

}  // namespace cmap
