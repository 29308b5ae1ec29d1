// What a client's server selection does, as values: for log messages, and for whoever wants to know
// what an operation waits for.
#pragma once

#include <string>
#include <variant>

#include "pool/api/address.hpp"
#include "pool/api/errors.hpp"
#include "pool/api/time.hpp"
#include "pool/topology/server_selection.hpp"
#include "pool/topology/topology_description.hpp"

namespace cmap {

/// Exactly one of succeeded and failed follows; before it, waiting at most once.
struct SelectionStartedEvent {};
/// No known server suits; the first time that the operation finds it so.
struct SelectionWaitingEvent {
  Duration remaining{};  ///< until it gives up
};
struct SelectionSucceededEvent {
  Address address;
};
struct SelectionFailedEvent {
  ErrorPtr error;  ///< as the operation's, but without what `topology` tells; never null
};

using SelectionEventBody = std::variant<SelectionStartedEvent, SelectionWaitingEvent,
                                        SelectionSucceededEvent, SelectionFailedEvent>;

struct SelectionEvent {
  TimePoint time;         ///< of the transition
  std::string operation;  ///< as ClientCheckOut::operation
  Selection selection;
  TopologyPtr topology;  ///< as it was then; never null
  SelectionEventBody body;
};

}  // namespace cmap
