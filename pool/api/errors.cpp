// Texts, labels and verdicts. The texts of the three specified errors are those that the official
// tests compare, which is not what the specification's prose prints (F-1).
#include "pool/api/errors.hpp"

#include <utility>

namespace cmap {
namespace {

ErrorPtr make(ErrorType type, std::string message, const Address& address,
              ErrorLabel labels = ErrorLabel::none, ErrorPtr cause = nullptr) {
  return std::make_shared<const Error>(Error{.type = type,
                                             .message = std::move(message),
                                             .address = address,
                                             .labels = labels,
                                             .cause = std::move(cause)});
}

/// PoolClearedError must carry TransientTransactionError (A-ERR-2).
ErrorPtr make_cleared(std::string message, const Address& address, ErrorPtr cause) {
  return make(ErrorType::pool_cleared, std::move(message), address,
              ErrorLabel::transient_transaction, std::move(cause));
}

std::string_view fault_text(NetworkFault fault) {
  switch (fault) {
    case NetworkFault::none:
      return "no error";
    case NetworkFault::refused:
      return "connection refused";
    case NetworkFault::reset:
      return "connection reset by peer";
    case NetworkFault::eof:
      return "connection closed by peer";
    case NetworkFault::timeout:
      return "timed out";
    case NetworkFault::dns:
      return "host not found";
    case NetworkFault::certificate:
      return "certificate or host name not accepted";
    case NetworkFault::proxy:
      return "refused by proxy";
  }
  return "?";
}

}  // namespace

bool Error::operator==(const Error& other) const {
  const bool same_cause = cause && other.cause ? *cause == *other.cause : cause == other.cause;
  return same_cause && type == other.type && message == other.message && address == other.address &&
         labels == other.labels && fault == other.fault && code == other.code &&
         topology_version == other.topology_version;
}

std::string_view type_name(ErrorType type) {
  switch (type) {
    case ErrorType::pool_closed:
      return "PoolClosedError";
    case ErrorType::pool_cleared:
      return "PoolClearedError";
    case ErrorType::wait_queue_timeout:
      return "WaitQueueTimeoutError";
    case ErrorType::deadline_exceeded:
      return "DeadlineExceededError";
    case ErrorType::server_selection:
      return "ServerSelectionError";
    case ErrorType::cancelled:
      return "CancelledError";
    case ErrorType::network:
      return "NetworkError";
    case ErrorType::command:
      return "CommandError";
    case ErrorType::authentication:
      return "AuthenticationError";
    case ErrorType::protocol:
      return "ProtocolError";
    case ErrorType::usage:
      return "UsageError";
  }
  return "?";
}

std::string_view fault_name(NetworkFault fault) {
  switch (fault) {
    case NetworkFault::none:
      return "none";
    case NetworkFault::refused:
      return "refused";
    case NetworkFault::reset:
      return "reset";
    case NetworkFault::eof:
      return "eof";
    case NetworkFault::timeout:
      return "timeout";
    case NetworkFault::dns:
      return "dns";
    case NetworkFault::certificate:
      return "certificate";
    case NetworkFault::proxy:
      return "proxy";
  }
  return "?";
}

std::string_view phase_name(EstablishmentPhase phase) {
  switch (phase) {
    case EstablishmentPhase::resolve:
      return "resolve";
    case EstablishmentPhase::connect:
      return "connect";
    case EstablishmentPhase::tls:
      return "tls";
    case EstablishmentPhase::hello:
      return "hello";
    case EstablishmentPhase::authenticate:
      return "authenticate";
    case EstablishmentPhase::done:
      return "done";
  }
  return "?";
}

bool is_retryable(const Error& error) {
  return error.type == ErrorType::pool_cleared || has_label(error.labels, ErrorLabel::retryable);
}

ErrorLabel establishment_labels(NetworkFault fault, EstablishmentPhase phase) {
  if (phase > EstablishmentPhase::hello) return ErrorLabel::none;
  switch (fault) {
    case NetworkFault::refused:
    case NetworkFault::reset:
    case NetworkFault::eof:
    case NetworkFault::timeout:
      return ErrorLabel::system_overloaded | ErrorLabel::retryable;
    case NetworkFault::none:
    case NetworkFault::dns:
    case NetworkFault::certificate:
    case NetworkFault::proxy:
      return ErrorLabel::none;
  }
  return ErrorLabel::none;
}

ErrorPtr pool_closed_error(const Address& address) {
  return make(ErrorType::pool_closed,
              "Attempted to check out a connection from closed connection pool", address);
}

ErrorPtr pool_cleared_error(const Address& address, ErrorPtr cause) {
  std::string text = "Connection pool for " + address.text() + " was cleared";
  if (cause) text += " because another operation failed with: " + cause->message;
  return make_cleared(std::move(text), address, std::move(cause));
}

ErrorPtr interrupted_error(const Address& address, ErrorPtr cause) {
  return make_cleared(
      "Connection to " + address.text() + " interrupted due to server monitor timeout", address,
      std::move(cause));
}

ErrorPtr wait_queue_timeout_error(const Address& address) {
  return make(ErrorType::wait_queue_timeout,
              "Timed out while checking out a connection from connection pool", address);
}

ErrorPtr wait_queue_timeout_error(const Address& address, std::int64_t max_pool_size,
                                  const PurposeCounts& in_use) {
  return make(ErrorType::wait_queue_timeout,
              "Timeout waiting for connection from the connection pool. maxPoolSize: " +
                  std::to_string(max_pool_size) +
                  ", connections in use by cursors: " + std::to_string(in_use.cursor) +
                  ", connections in use by transactions: " + std::to_string(in_use.transaction) +
                  ", connections in use by other operations: " + std::to_string(in_use.other),
              address);
}

ErrorPtr deadline_exceeded_error(const Address& address, ErrorPtr cause) {
  std::string text = "The deadline of the operation passed";
  if (cause) text += ": " + cause->message;
  return make(ErrorType::deadline_exceeded, std::move(text), address, ErrorLabel::none,
              std::move(cause));
}

ErrorPtr deadline_exceeded_error(const Address& address, std::string_view when) {
  return make(ErrorType::deadline_exceeded,
              "The deadline of the operation passed " + std::string(when), address);
}

ErrorPtr cancelled_error(const Address& address) {
  return make(ErrorType::cancelled, "The operation was cancelled", address);
}

ErrorPtr usage_error(const Address& address, std::string message) {
  return make(ErrorType::usage, std::move(message), address);
}

ErrorPtr not_load_balanced_error(const Address& address) {
  return make(ErrorType::protocol,
              "Driver attempted to initialize in load balancing mode, but the server does not "
              "support this mode.",
              address);
}

ErrorPtr establishment_error(const Address& address, NetworkFault fault, EstablishmentPhase phase) {
  std::string message(fault_text(fault));
  if (phase != EstablishmentPhase::done) message += " (" + std::string(phase_name(phase)) + ")";
  return std::make_shared<const Error>(Error{.type = ErrorType::network,
                                             .message = std::move(message),
                                             .address = address,
                                             .labels = establishment_labels(fault, phase),
                                             .fault = fault});
}

ErrorVerdict establishment_verdict(const Error& error) {
  return has_label(error.labels, ErrorLabel::system_overloaded) ? ErrorVerdict::keep
                                                                : ErrorVerdict::clear;
}

ErrorVerdict operation_verdict(const Error& error) {
  constexpr std::int32_t interrupted_at_shutdown = 11600;
  constexpr std::int32_t shutdown_in_progress = 91;
  const bool broken = error.type == ErrorType::network && error.fault != NetworkFault::timeout;
  const bool shuts_down =
      error.type == ErrorType::command &&
      (error.code == interrupted_at_shutdown || error.code == shutdown_in_progress);
  return broken || shuts_down ? ErrorVerdict::clear : ErrorVerdict::keep;
}

bool ends_connection(const Error& error) {
  return error.type != ErrorType::command || operation_verdict(error) == ErrorVerdict::clear;
}

void throw_error(ErrorPtr error) {
  switch (error->type) {
    case ErrorType::pool_closed:
      throw PoolClosedError(std::move(error));
    case ErrorType::pool_cleared:
      throw PoolClearedError(std::move(error));
    case ErrorType::wait_queue_timeout:
      throw WaitQueueTimeoutError(std::move(error));
    case ErrorType::deadline_exceeded:
      throw DeadlineExceededError(std::move(error));
    case ErrorType::server_selection:
    case ErrorType::cancelled:
    case ErrorType::network:
    case ErrorType::command:
    case ErrorType::authentication:
    case ErrorType::protocol:
    case ErrorType::usage:
      break;
  }
  throw PoolError(std::move(error));
}

}  // namespace cmap
