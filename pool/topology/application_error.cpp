// What errors of operations and of establishments do (D.2).
#include "pool/topology/state_change.hpp"
#include "pool/topology/topology_core.hpp"

namespace cmap {
namespace {

/// The error says something about the server, besides that one operation failed.
bool is_about_server(const ApplicationError& report) {
  const Error& error = *report.error;
  switch (error.type) {
    case ErrorType::network:
      return report.phase != EstablishmentPhase::done || error.fault != NetworkFault::timeout;
    case ErrorType::command:
    case ErrorType::authentication:
    case ErrorType::protocol:
      return report.phase != EstablishmentPhase::done;
    case ErrorType::pool_closed:
    case ErrorType::pool_cleared:
    case ErrorType::wait_queue_timeout:
    case ErrorType::deadline_exceeded:
    case ErrorType::server_selection:
    case ErrorType::cancelled:
    case ErrorType::usage:
      return false;
  }
  return false;
}

}  // namespace

void TopologyCore::application_error(const ApplicationError& report, TimePoint now) {
  if (is_stale(report)) return;
  if (state_change(*report.error) != StateChange::none) return handle_state_change(report, now);
  if (!is_about_server(report) || has_label(report.error->labels, ErrorLabel::system_overloaded)) {
    return;
  }
  if (is_load_balanced()) return clear_service(report);
  apply(unknown_server(report.address, report.error), now);
  clear_pool(report.address, false, report.error);
  outbox_.emplace_back(CancelCheck{report.address});
}

bool TopologyCore::is_stale(const ApplicationError& report) const {
  const ServerDescription* const server = description_->find(report.address);
  return server == nullptr || report.generation < report.pool_generation ||
         !is_newer(report.topology_version, server->topology_version);
}

/// During the handshake every such error clears the pool, not only that of a server that shuts down
/// (F-9).
void TopologyCore::handle_state_change(const ApplicationError& report, TimePoint now) {
  const bool clears = state_change(*report.error) == StateChange::shutting_down ||
                      report.phase != EstablishmentPhase::done;
  if (is_load_balanced()) {
    if (clears) clear_service(report);
    return;
  }
  ServerDescription unknown = unknown_server(report.address, report.error);
  unknown.topology_version = report.topology_version;
  apply(std::move(unknown), now);
  if (clears) clear_pool(report.address, false, report.error);
  request_check(report.address);
}

/// Up to and including hello the service is not known, and nothing is done (A-LB-8).
void TopologyCore::clear_service(const ApplicationError& report) {
  if (!report.service) return;
  outbox_.emplace_back(
      ClearPool{.address = report.address, .service = report.service, .cause = report.error});
}

}  // namespace cmap
