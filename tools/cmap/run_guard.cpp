// The successor comes first: it makes small what could only be saved as it is.
#include "tools/cmap/run_guard.hpp"

#include "tools/cmap/exit_status.hpp"

namespace cmap::tools {

RunGuard::RunGuard(const GuardOptions& options)
    : successor_(options.successor),
      crash_(options.subject + " crashed in " + options.where,
             [this, unfinished = options.unfinished] {
               successor_.take_over();
               if (unfinished) unfinished->save_own();
             }),
      watchdog_(options.longest_run, options.subject + " does not come back from " + options.where,
                static_cast<int>(ExitStatus::failed), [this, unfinished = options.unfinished] {
                  successor_.take_over();
                  if (unfinished) unfinished->save_all();
                }) {}

}  // namespace cmap::tools
