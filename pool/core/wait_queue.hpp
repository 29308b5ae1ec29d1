// One check-out without an outcome yet, and the WaitQueue in which check-outs are served.
#pragma once

#include <cstdint>

#include "pool/api/ids.hpp"
#include "pool/api/requests.hpp"
#include "pool/api/time.hpp"
#include "pool/core/deadlines.hpp"
#include "pool/core/slots.hpp"

namespace cmap {

struct CheckOut {
  CheckOutRef ref;
  std::uint64_t user_data = 0;
  CheckOutRequest request;
  TimePoint started;
  /// Not none: it has left the queue, and this connection is being established for it.
  ConnectionRef connection;
  Deadlines::Handle deadline = Deadlines::none;
  bool queued = false;
  SlotLinks<CheckOut> queue_links;
};

using CheckOutTable = SlotTable<CheckOut>;
/// First in, first out (A-WQ-2); leaving from the middle is O(1).
using WaitQueue = SlotList<CheckOut, &CheckOut::queue_links>;

}  // namespace cmap
