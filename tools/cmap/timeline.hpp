// A run as lanes with slices: what its connections, its actors and the pool were doing when.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario.hpp"
#include "sim/trace.hpp"

namespace cmap::tools {

struct Slice {
  sim::VirtualTime begin{};
  sim::VirtualTime end{};
  std::string name;
  std::string detail;  ///< "connection 1", "WaitQueueTimeoutError"; may be empty
};

/// Something without a length.
struct Moment {
  sim::VirtualTime time{};
  std::string name;
};

/// Slices are in the order of their begin, and of two that overlap one lies within the other.
struct Lane {
  std::string name;
  std::vector<Slice> slices;
  std::vector<Moment> moments;
};

/// The pool (paused, ready, closed); each connection (pending, available, in use; a connection that
/// is handed to a waiter was not available). For each actor, if the trace has entries: "waiting" in
/// checkOut, "holding" a connection from its CheckedOut to its CheckedIn; what does not fit into
/// one lane goes on in "thread1 (2)". What no actor waited for is held by "(in background)".
std::vector<Lane> timeline(const sim::Scenario& scenario, const sim::Trace& trace);

}  // namespace cmap::tools
