// A pool under test that may end its process, tested in a process of its own.
#pragma once

#include "fuzz/property.hpp"
#include "pool/api/time.hpp"

namespace cmap::tools {

/// What takes longer never comes back.
struct IsolationLimits {
  Duration processor_time;  ///< of what computes
  Duration real_time;       ///< of what sleeps
};

/// fuzz::test in a copy of this process, of which nothing is left here but the finding and the
/// schedule. What ends that process is a finding of clause "CRASH" or, beyond the limits,
/// "PROGRESS"; the schedule has the choices that were made until then. No other thread may run.
/// Throws std::system_error if there can be no more processes.
fuzz::Tested test_isolated(const sim::Scenario& scenario, sim::ChoiceSource& choices,
                           const sim::PoolFactory& factory, const fuzz::PropertyOptions& options,
                           const IsolationLimits& limits);

/// The finding is of one of these two clauses, and from there.
bool ends_process(const fuzz::Finding& finding);

}  // namespace cmap::tools
