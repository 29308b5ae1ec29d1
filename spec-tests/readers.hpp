// How read_scenario is put together: one reader for each concern of the format.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario.hpp"
#include "spec-tests/exact.hpp"
#include "spec-tests/object_reader.hpp"
#include "spec-tests/scenario_file.hpp"

namespace cmap::spec_tests {

// Each adds to what it is given, and reports what is wrong. A null value means "not there".

/// `poolOptions` and `x-cmap.pool`, which counts where both name an option; the appName of the
/// former belongs to the server's view.
void read_pool_options(const Value* options, const Value* extension, sim::Scenario& scenario,
                       Problems& problems);

/// A configureFailPoint command.
sim::FailPoint read_fail_point(const Value& value, Problems& problems,
                               Fraction fraction = Fraction::refused);

/// "4.4" or "4.4.0".
std::optional<sim::ServerVersion> read_version(ObjectReader& keys, std::string_view key);
/// `runOn`.
std::vector<RunOn> read_run_on(const Value* value, Problems& problems);

/// `operations`, and the operations of `x-cmap.listener`, which may use labels of the former.
void read_operations(const Value* operations, const Value* listener, ScenarioFile& file,
                     Problems& problems);

/// `events` and `ignore`.
void read_events(const Value* events, const Value* ignore, ScenarioFile& file, Problems& problems);
std::optional<EventType> read_event_type(const Value* value, std::string_view what,
                                         Problems& problems);

/// An expected error: type, message, address; in the extension also labels and code. Nothing if
/// it is not there or wrong.
enum class ErrorKeys : std::uint8_t { specified, extended };
std::optional<Value> read_error(const Value* value, ErrorKeys keys, Problems& problems);

/// `x-cmap.server` and `x-cmap.establishments`.
void read_server(const Value* server, const Value* establishments, sim::ServerSetup& setup,
                 Problems& problems);
/// "refused", "reset", ...; not "none".
std::optional<NetworkFault> read_fault(const Value* value, std::string_view what,
                                       Problems& problems);
std::optional<ServiceId> read_service_id(const Value* value, Problems& problems);

/// endMS and trace of `keys`.
ExactExpectation read_exact(ObjectReader& keys, const std::string& path);

}  // namespace cmap::spec_tests
