// The errors of a pool (A.10) as plain values, the labels they carry (A-POOL-6..8), and the
// exceptions that the blocking interface throws for them.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pool/api/address.hpp"
#include "pool/api/topology_version.hpp"

namespace cmap {

enum class ErrorType : std::uint8_t {
  pool_closed,         ///< PoolClosedError (A-ERR-1)
  pool_cleared,        ///< PoolClearedError (A-ERR-2)
  wait_queue_timeout,  ///< WaitQueueTimeoutError (A-ERR-3)
  deadline_exceeded,   ///< the deadline of the operation passed; `cause` tells while what
  server_selection,    ///< no server of the deployment suited the operation in time
  cancelled,           ///< the caller cancelled its check-out or its command
  network,             ///< a connection could not be made, broke, or a peer did not answer in time
  command,             ///< the server answered `ok: 0`; `code` is its code
  authentication,      ///< the server refused the credentials
  protocol,            ///< the peer does not speak the protocol, or not the mode asked for
  usage,               ///< the caller broke a rule of the interface
};

/// What went wrong on a connection. Only the simulated and the real transport produce these.
enum class NetworkFault : std::uint8_t {
  none,         ///< no network error
  refused,      ///< nobody listens
  reset,        ///< the peer reset the connection
  eof,          ///< the peer closed the connection
  timeout,      ///< the peer did not answer in time
  dns,          ///< the host name could not be resolved
  certificate,  ///< the peer's certificate or host name was not accepted
  proxy,        ///< the SOCKS5 proxy refused
};

/// How far an establishment had come. In order; compare with `<`.
enum class EstablishmentPhase : std::uint8_t { resolve, connect, tls, hello, authenticate, done };

/// Error labels as a set of bits.
enum class ErrorLabel : std::uint8_t {
  none = 0,
  system_overloaded = 1,      ///< "SystemOverloadedError"
  retryable = 2,              ///< "RetryableError"
  transient_transaction = 4,  ///< "TransientTransactionError"
};

constexpr ErrorLabel operator|(ErrorLabel a, ErrorLabel b) {
  return static_cast<ErrorLabel>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}

constexpr bool has_label(ErrorLabel set, ErrorLabel label) {
  return (static_cast<std::uint8_t>(set) & static_cast<std::uint8_t>(label)) != 0;
}

struct Error;
/// Shared and immutable: events, completions and log messages show the same error. Null: no error.
using ErrorPtr = std::shared_ptr<const Error>;

struct Error {
  ErrorType type = ErrorType::usage;
  std::string message;
  Address address;
  ErrorLabel labels = ErrorLabel::none;
  NetworkFault fault = NetworkFault::none;
  std::int32_t code = 0;  ///< only with ErrorType::command; 0: none
  ErrorPtr cause{};       ///< may be null
  /// Of the server's reply, if it has one: tells whether the error is news (D.2).
  std::optional<TopologyVersion> topology_version{};

  bool operator==(const Error&) const;
};

/// The specified name ("PoolClosedError") where there is one; else a name of the same style.
std::string_view type_name(ErrorType type);
std::string_view fault_name(NetworkFault fault);
std::string_view phase_name(EstablishmentPhase phase);

/// True for PoolClearedError and for everything labelled RetryableError (A-CLR-3, A-OUT-5).
bool is_retryable(const Error& error);

/// The labels of a network error in `phase` of an establishment: SystemOverloadedError and
/// RetryableError up to and including hello, unless the fault is known not to be overload (DNS,
/// certificate, proxy); none from authentication on (A-POOL-6, A-POOL-7, A-POOL-8).
ErrorLabel establishment_labels(NetworkFault fault, EstablishmentPhase phase);

// The errors that a pool makes itself.
ErrorPtr pool_closed_error(const Address& address);
/// `cause` may be null: the pool was cleared without an error, or was never ready (F-15).
ErrorPtr pool_cleared_error(const Address& address, ErrorPtr cause);
ErrorPtr interrupted_error(const Address& address, ErrorPtr cause);
ErrorPtr wait_queue_timeout_error(const Address& address);
/// What a check-out behind a load balancer gets instead, with the numbers of A-LB-6.
struct PurposeCounts {
  std::int64_t cursor = 0;
  std::int64_t transaction = 0;
  std::int64_t other = 0;
  bool operator==(const PurposeCounts&) const = default;
};
ErrorPtr wait_queue_timeout_error(const Address& address, std::int64_t max_pool_size,
                                  const PurposeCounts& in_use);
/// The distinct client-side timeout: exposes `cause` and contains its text (D-CSOT-5).
ErrorPtr deadline_exceeded_error(const Address& address, ErrorPtr cause);
/// The same where nothing else has failed; `when`: "before its command was sent".
ErrorPtr deadline_exceeded_error(const Address& address, std::string_view when);
ErrorPtr cancelled_error(const Address& address);
ErrorPtr usage_error(const Address& address, std::string message);
/// hello without a serviceId in load-balanced mode (A-LB-4).
ErrorPtr not_load_balanced_error(const Address& address);
/// A network error while establishing, with the labels of its phase.
ErrorPtr establishment_error(const Address& address, NetworkFault fault, EstablishmentPhase phase);

/// What the error handler (SDAM) wants done to the pool because of an error (D.2).
enum class ErrorVerdict : std::uint8_t {
  keep,   ///< nothing
  clear,  ///< clear the pool (behind a load balancer: the connection's service)
};

/// What a client does without a topology to look at (R16): clear for a failed establishment unless
/// the error is labelled SystemOverloadedError.
ErrorVerdict establishment_verdict(const Error& error);

/// The same for an error on an established connection (D.2): clear for a broken connection, but not
/// for a timeout, and for a server that shuts down.
ErrorVerdict operation_verdict(const Error& error);

/// The connection cannot be used any more. An answer of `ok: 0` is an answer: the connection is as
/// good as before, unless its server goes.
bool ends_connection(const Error& error);

/// Base of everything that the blocking interface throws.
class PoolError : public std::exception {
 public:
  explicit PoolError(ErrorPtr error) : error_(std::move(error)) {}
  [[nodiscard]] const char* what() const noexcept override { return error_->message.c_str(); }
  [[nodiscard]] const Error& error() const { return *error_; }
  [[nodiscard]] const ErrorPtr& shared() const { return error_; }

 private:
  ErrorPtr error_;
};

class PoolClosedError : public PoolError {
  using PoolError::PoolError;
};
/// The operation may be tried again (A-CLR-3).
class RetryableError : public PoolError {
  using PoolError::PoolError;
};
class PoolClearedError : public RetryableError {
  using RetryableError::RetryableError;
};
class WaitQueueTimeoutError : public PoolError {
  using PoolError::PoolError;
};
/// The deadline of the operation passed, whatever it was doing (D-CSOT-5).
class DeadlineExceededError : public PoolError {
  using PoolError::PoolError;
};

/// Throws the class that belongs to the error's type; PoolError for types without one.
[[noreturn]] void throw_error(ErrorPtr error);

}  // namespace cmap
