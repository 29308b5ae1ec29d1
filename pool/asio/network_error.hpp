// From error codes of the operating system and of OpenSSL to the faults that a pool knows.
#pragma once

#include <string>

#include <boost/system/error_code.hpp>

#include "pool/api/address.hpp"
#include "pool/api/errors.hpp"

namespace cmap {

/// The error of a connection, in the phase of its establishment (`done`: established), with the
/// labels that belong there (A-POOL-6 to 8). A peer that does not speak TLS gives a protocol error.
ErrorPtr connection_error(const Address& address, const boost::system::error_code& code,
                          EstablishmentPhase phase);

/// The same where the fault is known; `detail` (may be empty) is added to the message.
ErrorPtr connection_error(const Address& address, NetworkFault fault, EstablishmentPhase phase,
                          const std::string& detail);

/// Whether we refused the certificate of the peer.
bool is_refused_certificate(const boost::system::error_code& code);

}  // namespace cmap
