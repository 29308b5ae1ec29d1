// A run of a simulated client as a file: how what `cmap fuzz --client` finds is kept.
#pragma once

#include <cstdint>
#include <string>

#include "sim/client/client_plan.hpp"
#include "spec-tests/object_reader.hpp"
#include "spec-tests/write_scenario.hpp"

namespace cmap::spec_tests {

/// The plan and the schedule are all that a run depends on.
struct ClientRunFile {
  sim::ClientPlan plan;
  std::uint64_t schedule = 0;  ///< seed of its choices
  std::string catches;         ///< the clause that was broken when it was found; may be empty
};

/// The file as YAML, the same bytes every time: the client is a connection string, everything else
/// a key. Reading it gives the same run, which is what this makes sure of: a plan with what no
/// connection string says is refused with the reason.
Written write_client_run(const ClientRunFile& file);

/// Whether the document is such a file: it has the key clientRun.
bool holds_client_run(const Value& document);

/// With problems it means nothing.
ClientRunFile read_client_run(const Value& document, Problems& problems);

}  // namespace cmap::spec_tests
