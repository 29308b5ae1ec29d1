// The checkers, one per theme: what must hold of each event, judged from the events alone.
//
// All of them are sound: a correct pool breaks none, under any schedule, whatever its listeners do.
// They rest on a transition being one step (principle 1), so that its events stand together.
#pragma once

#include "sim/checkers/observed_pool.hpp"
#include "sim/checkers/rules.hpp"
#include "sim/checkers/violation.hpp"

namespace cmap::sim {

// Before the event is taken into account.

/// Created (Ready (CheckedOut CheckedIn)*)? Closed, ids dense (A-EV-3, A-CON-2).
void check_connection_grammar(const Step& step, Report& report);
/// Started (CheckedOut | Failed) for each check-out (A-EV-3).
void check_check_out_grammar(const Step& step, Report& report);
/// Created (Ready Cleared)* Ready? Closed?, and what each state allows (A-POOL-2, A-POOL-3).
void check_pool_grammar(const Step& step, Report& report);
/// Every duration, and that time never goes back (A-EV-2).
void check_times(const Step& step, Report& report);
/// The reasons of ConnectionClosed and ConnectionCheckOutFailed (A-CON-5, A-OUT-7).
void check_reasons(const Step& step, Report& report);
/// Only good connections are handed out (R11, A-OPT-4).
void check_hand_out(const Step& step, Report& report);

// After it: `pool` knows the event already.

/// maxPoolSize, maxConnecting, the counts, and no connection without need (A-POOL-4, A-POOL-5).
void check_limits(const Event& event, const ObservedPool& pool, Report& report);
/// First come, first served; nobody waits on a pool that serves nobody (A-WQ-2, A-CLR-3).
void check_wait_queue(const Event& event, const ObservedPool& pool, Report& report);

/// At the end of a run that has come to rest (EventCheckers::finish_quiescent).
void check_rest(const ObservedPool& pool, Report& report);

}  // namespace cmap::sim
