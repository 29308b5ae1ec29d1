// What a file keeps of a scenario: everything that has an effect, names in the order of the file.
#pragma once

#include "spec-tests/scenario_file.hpp"

namespace cmap::spec_tests {

/// The same scenario as a file can say it: threads and labels are numbered in the order in which
/// the file mentions them (the schedule and the expectations with them), and what has no effect is
/// gone: names that nobody uses, phases that establishments do not have, fail points that the next
/// one replaces, permission to fail for what cannot fail. With a schedule it needs the virtual
/// clock. What people write is in this form.
ScenarioFile normal_form(ScenarioFile file);

}  // namespace cmap::spec_tests
