// Rules that more than one group of checkers knows: one sentence for each, wherever it is broken.
#pragma once

#include "sim/checkers/violation.hpp"

namespace cmap::sim {

// A connection's life.
inline constexpr Rule dense_ids{"A-CON-2",
                                "connection ids start at 1 and grow by 1 with every creation"};
inline constexpr Rule only_while_alive{
    "A-EV-3", "nothing happens to a connection before its Created or after its Closed"};
inline constexpr Rule connection_ready_once{"A-EV-3", "a connection becomes ready at most once"};
inline constexpr Rule established_first{
    "A-CON-3", "a connection is never checked out before it is established"};
inline constexpr Rule one_holder{"A-CON-1", "a connection in use is not given to anybody else"};
inline constexpr Rule checked_out_first{"A-EV-3", "only a connection in use can be checked in"};
inline constexpr Rule stays_with_holder{
    "A-CLR-9", "a connection in use is not closed under its holder: CheckedIn comes first"};
inline constexpr Rule closed_at_check_in{
    "A-CLS-2", "a closed pool closes a connection in use when it is checked in, not before"};

// Check-outs.
inline constexpr Rule one_outcome{"A-EV-3", "each check-out that started has exactly one outcome"};
inline constexpr Rule serves_when_ready{"A-OUT-5",
                                        "connections are handed out only while the pool is ready"};

// The pool's life.
inline constexpr Rule pool_ready_once{"A-RDY-1", "ready() on a ready pool emits no event"};
inline constexpr Rule cleared_once{"A-CLR-2", "clear() on a paused pool emits no event"};
inline constexpr Rule creates_when_ready{"A-POP-1",
                                         "connections are created only while the pool is ready"};
inline constexpr Rule within_max_pool_size{
    "A-POOL-4", "pending, available and in-use connections together never exceed maxPoolSize"};
inline constexpr Rule within_max_connecting{"A-POOL-5",
                                            "pending connections never exceed maxConnecting"};

// Reasons.
inline constexpr Rule really_stale{
    "A-CLR-4", "reason stale is for connections that were created before the last clear"};
inline constexpr Rule really_idle{
    "A-OPT-4", "reason idle is for connections that were available for longer than maxIdleTimeMS"};

// At the end.
inline constexpr Rule close_is_one_step{
    "A-CLS-1", "reason poolClosed comes from close(), whose events end with PoolClosed"};
inline constexpr Rule perished_at_check_in{
    "A-IN-2", "CheckedIn of a perished connection, or on a closed pool, is followed by its Closed"};
inline constexpr Rule all_checked_in{"A-EV-3", "what is checked out is checked in"};
inline constexpr Rule all_closed{"A-EV-3", "every connection of a closed pool is closed"};

}  // namespace cmap::sim
