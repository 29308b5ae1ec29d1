// What the oracles demand of a run: one sentence for each rule, wherever it is broken.
#pragma once

#include <array>

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

// Check-outs in order.
inline constexpr Rule started_in_order{"A-EV-3", "check-outs are numbered in the order they start"};

// The pool's grammar.
inline constexpr Rule created_first{"A-POOL-2", "PoolCreated comes first, once"};
inline constexpr Rule shows_options{
    "A-EV-1", "PoolCreated shows the options that differ from their defaults"};
inline constexpr Rule one_endpoint{"A-POOL-1", "all events of a pool carry its one address"};
inline constexpr Rule flag_always{
    "R7",
    "PoolCleared carries interruptInUseConnections, and no serviceId, outside of "
    "load-balanced mode"};
inline constexpr Rule names_service{"A-LB-3",
                                    "PoolCleared behind a load balancer names the service"};
inline constexpr Rule interrupts_pending{
    "A-CLR-8", "clear(interruptInUseConnections: true) ends all pending connections at once"};
inline constexpr Rule closed_is_terminal{
    "A-POOL-3",
    "on a closed pool nothing happens but check-ins with their Closed, and check-outs "
    "that fail"};
inline constexpr Rule closes_available{"A-CLS-1",
                                       "available connections are closed before PoolClosed"};
inline constexpr Rule ends_all{"R13",
                               "pending connections and all check-outs end before PoolClosed"};

// Limits and counts.
inline constexpr Rule counts_agree{"A-CON-6", "the pool's counts are those that its events tell"};
inline constexpr Rule needed{
    "A-OUT-3",
    "a connection is created only for a check-out that finds none available, or while "
    "there are fewer than minPoolSize"};

// What is handed out.
inline constexpr Rule current_when_ready{
    "R11", "a connection that was cleared while pending never becomes ready: Closed(stale)"};
inline constexpr Rule current_when_handed_out{
    "R11", "every connection checked out has the pool's generation at that instant"};
inline constexpr Rule not_idle{
    "A-OPT-4", "a connection that was available for longer than maxIdleTimeMS is not handed out"};

// Reasons and errors.
inline constexpr Rule error_of_reason{"A-CON-5",
                                      "a Closed event carries an error only with reason error"};
inline constexpr Rule has_error{"A-OUT-7", "a failed check-out gives its caller an error"};
inline constexpr Rule closed_error{"A-ERR-1", "reason poolClosed goes with PoolClosedError"};
inline constexpr Rule timeout_error{
    "A-OUT-7", "reason timeout is for the wait queue's timeout, a deadline or a cancellation"};
inline constexpr Rule connection_error{
    "A-OUT-7", "reason connectionError is for a paused pool and for a failed establishment"};
inline constexpr Rule not_early{"A-WQ-3", "a check-out waits for all of waitQueueTimeoutMS"};

// Times.
inline constexpr Rule monotonic{"A-EV-2", "times come from a monotonic clock"};
inline constexpr Rule since_created{"A-EV-2", "the duration of Ready is the time since Created"};
inline constexpr Rule since_started{
    "A-EV-2", "the duration of CheckedOut and CheckOutFailed is the time since CheckOutStarted"};

// First come, first served.
inline constexpr Rule waiting_known{
    "A-WQ-1", "who waits has started; who neither waits nor ended has a pending connection"};
inline constexpr Rule first_come{"A-WQ-2", "no check-out is served while an older one waits"};
inline constexpr Rule evicted{"A-CLR-3",
                              "clear() fails all waiting check-outs, and a paused pool has none"};
inline constexpr Rule evicted_in_order{
    "R7", "clear() and close() fail the waiting check-outs in the order they came"};

// At rest.
inline constexpr Rule nobody_waits{
    "A-OUT-3",
    "no check-out waits while a connection is available or could be created, or while "
    "the pool is not ready"};

// Of the run's own end (quiescence.cpp).
inline constexpr Rule comes_to_rest{
    "PROGRESS", "once faults end and everybody checks in, every check-out has an outcome"};
inline constexpr Rule nothing_left{"NO-ORPHAN", "nothing is left after close"};

/// All that a run can put to the test, so that a search can say which it never did.
inline constexpr std::array run_rules{&dense_ids,
                                      &only_while_alive,
                                      &connection_ready_once,
                                      &established_first,
                                      &one_holder,
                                      &checked_out_first,
                                      &stays_with_holder,
                                      &closed_at_check_in,
                                      &one_outcome,
                                      &serves_when_ready,
                                      &pool_ready_once,
                                      &cleared_once,
                                      &creates_when_ready,
                                      &within_max_pool_size,
                                      &within_max_connecting,
                                      &really_stale,
                                      &really_idle,
                                      &close_is_one_step,
                                      &perished_at_check_in,
                                      &all_checked_in,
                                      &all_closed,
                                      &started_in_order,
                                      &created_first,
                                      &shows_options,
                                      &one_endpoint,
                                      &flag_always,
                                      &names_service,
                                      &interrupts_pending,
                                      &closed_is_terminal,
                                      &closes_available,
                                      &ends_all,
                                      &counts_agree,
                                      &needed,
                                      &current_when_ready,
                                      &current_when_handed_out,
                                      &not_idle,
                                      &error_of_reason,
                                      &has_error,
                                      &closed_error,
                                      &timeout_error,
                                      &connection_error,
                                      &not_early,
                                      &monotonic,
                                      &since_created,
                                      &since_started,
                                      &waiting_known,
                                      &first_come,
                                      &evicted,
                                      &evicted_in_order,
                                      &nobody_waits,
                                      &comes_to_rest,
                                      &nothing_left};

}  // namespace cmap::sim
