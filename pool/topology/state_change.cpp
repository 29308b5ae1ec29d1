// Codes, and texts of servers that send none.
#include "pool/topology/state_change.hpp"

namespace cmap {
namespace {

StateChange by_code(std::int32_t code) {
  switch (code) {
    case 11600:  // InterruptedAtShutdown
    case 91:     // ShutdownInProgress
      return StateChange::shutting_down;
    case 11602:  // InterruptedDueToReplStateChange
    case 13436:  // NotPrimaryOrSecondary
    case 189:    // PrimarySteppedDown
      return StateChange::recovering;
    case 10107:  // NotWritablePrimary
    case 13435:  // NotPrimaryNoSecondaryOk
    case 10058:  // LegacyNotPrimary
      return StateChange::not_primary;
    default:
      return StateChange::none;
  }
}

StateChange by_message(const std::string& message) {
  const auto says = [&](std::string_view text) { return message.find(text) != std::string::npos; };
  if (says("not master or secondary") || says("node is recovering")) return StateChange::recovering;
  return says("not master") ? StateChange::not_primary : StateChange::none;
}

}  // namespace

StateChange state_change(const Error& error) {
  if (error.type != ErrorType::command) return StateChange::none;
  return error.code != 0 ? by_code(error.code) : by_message(error.message);
}

}  // namespace cmap
