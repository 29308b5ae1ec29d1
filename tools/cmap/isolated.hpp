// What is under test and may end its process, tested in a process of its own.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/property.hpp"
#include "pool/api/time.hpp"

namespace cmap::tools {

/// What takes longer never comes back.
struct IsolationLimits {
  Duration processor_time;  ///< of what computes
  Duration real_time;       ///< of what sleeps
};

inline constexpr IsolationLimits longest_isolated_run{
    .processor_time = std::chrono::seconds(2),  // of what takes a millisecond, and a hundred under
    .real_time = std::chrono::seconds(10)};     // a sanitizer
inline constexpr IsolationLimits longest_isolated_replay{
    .processor_time = std::chrono::milliseconds(100), .real_time = std::chrono::seconds(1)};

/// How a process ended that should have come back.
struct ProcessEnd {
  std::string clause;     ///< "CRASH" or, beyond the limits, "PROGRESS"
  std::string sentence;   ///< the rule that is broken
  std::string what;       ///< "Aborted: it is broken"
  std::string signature;  ///< the same for the same way to end
};

/// Does `work` in a copy of this process, of which nothing is left here; nothing if it comes back.
/// `subject`: what is under test, "pool". No other thread may run. Throws std::system_error if
/// there can be no more processes.
std::optional<ProcessEnd> end_of_process(std::string_view subject,
                                         const std::function<void()>& work,
                                         const IsolationLimits& limits);

/// fuzz::test in a copy of this process, of which nothing is left here but the finding and the
/// schedule. What ends that process is a finding of its clause; the schedule has the choices that
/// were made until then. As end_of_process.
fuzz::Tested test_isolated(const sim::Scenario& scenario, sim::ChoiceSource& choices,
                           const sim::PoolFactory& factory, const fuzz::PropertyOptions& options,
                           const IsolationLimits& limits);

/// The finding is of one of these two clauses, and from there.
bool ends_process(const fuzz::Finding& finding);

}  // namespace cmap::tools
