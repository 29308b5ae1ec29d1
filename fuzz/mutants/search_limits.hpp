// A search of a mutant: what it takes, and how it ends if the mutant ends it.
#pragma once

#include <cstdint>

namespace cmap::mutants {

/// What is not found in so many milliseconds of CPU time is alive.
inline constexpr std::int64_t most_milliseconds = 30'000;

/// Milliseconds of this program's time.
std::int64_t cpu_time();

/// From now on a crash, an assertion, and a run that takes more than the second that it is given
/// end the program with status 1: what a search cannot shrink is a kill all the same.
void end_search_if_it_crashes();

/// What a search has then to say that took so much: `what` is "runs" or "states".
void set_last_words(const char* what, std::uint64_t count, std::int64_t searched);

/// A second of this program's time for what needs some milliseconds at most.
void give_a_second();
/// There is no run any more.
void take_the_second_back();

}  // namespace cmap::mutants
