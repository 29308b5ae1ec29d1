// The list of families.
#include "fuzz/families.hpp"

#include <algorithm>

#include "fuzz/grid.hpp"

namespace cmap::fuzz {
namespace {

std::vector<sim::Scenario> usual_grid() { return grid(); }

}  // namespace

const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"unlimited", "0 for maxPoolSize, maxIdleTimeMS, waitQueueTimeoutMS", unlimited_family},
      {"handshake", "errors and timeouts of single phases", handshake_family},
      {"deadlines", "deadlines of check-outs, waitQueueTimeoutMS", deadlines_family},
      {"cancellation", "check-outs are cancelled", cancellation_family},
      {"late-answers", "answers after the end, slow teardown", late_answers_family},
      {"population", "minPoolSize 1 and 2, background Runs, establishments that fail",
       population_family},
      {"fork", "the process is a forked child", fork_family},
      {"lifecycle", "every sequence of up to three of clear, interrupt, close, ready",
       lifecycle_family},
      {"load-balanced", "services, cleared one by one", load_balanced_family},
      {"waiters", "three and four threads, maxConnecting 1", waiters_family},
      {"errors", "connections in use break, the error clears or not", errors_family},
      {"listeners", "listeners that operate on the pool, are slow, or throw", listeners_family},
      {"inline-answers", "establishments that end inside of the call", inline_answers_family},
      {"idle", "maxIdleTimeMS, long uses, background Runs", idle_family},
      {"check-ins", "what is not held is checked in", check_ins_family},
      {"reuse", "two check-outs of each thread, background Runs", reuse_family},
      {"grid", "threads, connections, clear, close, ready, one fault", usual_grid},
  };
  return all;
}

const Family* family_named(std::string_view name) {
  const auto& all = families();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Family& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace cmap::fuzz
