// Tries to kill a mutant of the client: linked to one with a planted bug, it makes runs until one
// breaks a clause.
//
// usage: cmap_mutant_cNN fuzz SEED
//
// The runs are those of the seeds SEED million, SEED million and one, ... Says what the search took
// on a line "runs=NUMBER KEY=NUMBER ...", and what it found: the plan, made small, and the clause.
// Exit status: 0 the mutant is alive, 1 it is killed, 2 bad use.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "fuzz/mutants/search_limits.hpp"
#include "sim/client/client_run.hpp"
#include "sim/client/repeated_client_run.hpp"
#include "sim/client/shrink_client_plan.hpp"

namespace {

using namespace cmap;
using namespace cmap::mutants;

constexpr std::uint64_t seeds_of_search = 1'000'000;

void say(std::uint64_t runs, std::int64_t search, std::int64_t shrink,
         const sim::ShrunkClientPlan& shrunk) {
  for (const std::string& line : sim::plan_lines(shrunk.plan)) std::printf("%s\n", line.c_str());
  std::printf("runs=%llu search=%lld operations=%zu replays=%zu shrink=%lld\n%s: %s\n",
              static_cast<unsigned long long>(runs), static_cast<long long>(search),
              shrunk.plan.happenings.size() + shrunk.plan.calls.size(), shrunk.runs,
              static_cast<long long>(shrink), shrunk.violation.clause.c_str(),
              shrunk.violation.message.c_str());
}

/// True: it is killed.
bool search(std::uint64_t first) {
  end_search_if_it_crashes();
  const std::int64_t begin = cpu_time();
  std::int64_t searched = 0;
  for (std::uint64_t runs = 1; searched < most_milliseconds; ++runs) {
    const std::uint64_t seed = first + runs - 1;
    set_last_words("runs", runs, searched);
    give_a_second();
    const sim::ClientPlan plan = sim::make_client_plan(seed);
    sim::SeededChoices choices(seed);
    const auto violation = sim::run_client(plan, choices).violation;
    take_the_second_back();
    searched = cpu_time() - begin;
    if (!violation) continue;
    const auto shrunk =
        sim::shrink_client_plan(plan, *violation, {.test = [seed](const sim::ClientPlan& smaller) {
                                  return sim::run_client_twice(smaller, seed).violation;
                                }});
    say(runs, searched, cpu_time() - begin - searched, shrunk);
    return true;
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);  // it may die at any moment
  std::uint64_t seed = 0;
  if (argc == 3 && std::string_view(argv[1]) == "fuzz") {
    const std::string_view text = argv[2];
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (read.ec == std::errc()) return search(seed * seeds_of_search) ? 1 : 0;
  }
  std::fprintf(stderr, "usage: %s fuzz SEED\n", argv[0]);
  return 2;
}
