// x-cmap.schedule: the choices of one run, each by the name of what happened next.
#pragma once

#include <string>
#include <vector>

#include "sim/choice.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// "operate 1": what happens, and with whom: an actor's index, a connection's id, a pool's number.
std::string choice_text(const sim::RecordedChoice& choice);

/// The list of such texts. Empty if `value` is none; what is wrong is reported.
std::vector<sim::RecordedChoice> read_schedule(const Value& value, Problems& problems);

}  // namespace cmap::spec_tests
