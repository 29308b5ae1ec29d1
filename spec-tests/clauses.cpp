// The rule that a reader should look up first; the order of events has many, so it names the area.
#include "spec-tests/clauses.hpp"

namespace cmap::spec_tests {
namespace {

std::string clause_of_order(EventType expected) {
  switch (expected) {
    case EventType::pool_created:
      return "A-POOL-2";
    case EventType::pool_ready:
      return "A-RDY-1, A-RDY-2";
    case EventType::pool_cleared:
      return "A-CLR-1, R7, R10";
    case EventType::pool_closed:
      return "A-CLS-1, R13";
    case EventType::connection_created:
      return "A-OUT-3, A-POP-3";
    case EventType::connection_ready:
      return "A-EST-2, R22";
    case EventType::connection_closed:
      return "A-EST-4, A-IN-2, R9, R10";
    case EventType::check_out_started:
      return "A-OUT-1";
    case EventType::check_out_failed:
      return "A-WQ-3, A-EST-4, R7";
    case EventType::checked_out:
      return "A-OUT-8, A-WQ-2, R5";
    case EventType::checked_in:
      return "A-IN-2";
  }
  return "B.2";
}

}  // namespace

std::string clause_of_event(EventType expected, EventType actual, std::string_view path) {
  if (expected != actual || path == "type") return clause_of_order(expected);
  if (path == "connectionId") return "A-CON-2, R6";
  if (path == "duration") return "A-EV-2";
  if (path == "interruptInUseConnections") return "R7";
  if (path == "serviceId") return "A-LB-3";
  if (path.starts_with("options")) return "A.9";
  if (path == "reason") return expected == EventType::check_out_failed ? "A-OUT-7" : "A-IN-3, R12";
  return "B.2";
}

std::string clause_of_error(std::string_view expected_type) {
  if (expected_type == "PoolClosedError") return "A-ERR-1";
  if (expected_type == "PoolClearedError") return "A-ERR-2";
  if (expected_type == "WaitQueueTimeoutError") return "A-ERR-3";
  return "R3, R18";
}

}  // namespace cmap::spec_tests
