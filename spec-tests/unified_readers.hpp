// How read_unified_file is put together: one reader for each concern of the format.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spec-tests/object_reader.hpp"
#include "spec-tests/unified_file.hpp"

namespace cmap::spec_tests {

/// Remembers the first thing that is not to be had.
class Misfit {
 public:
  void note(const std::string& reason) {
    if (reason_.empty()) reason_ = reason;
  }
  /// A key that nobody asked for: part of the format, for all that is known here.
  void note_unknown(const Value& object, std::span<const std::string_view> known,
                    std::string_view what);
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  std::string reason_;
};

/// Where a list without elements would say nothing, it is a problem.
std::span<const Value> read_filled_list(const Value* value, std::string_view what,
                                        Problems& problems);

/// A filled list of objects, each read by the same function.
template <typename Read>
auto read_each(const Value* value, std::string_view what, Misfit& misfit, Problems& problems,
               Read&& read) {
  std::vector<decltype(read(*value, misfit, problems))> all;
  for (const Value& element : read_filled_list(value, what, problems)) {
    all.push_back(read(element, misfit, problems));
  }
  return all;
}

std::vector<UnifiedEntity> read_unified_entities(const Value* value, Misfit& misfit,
                                                 Problems& problems);
std::vector<UnifiedOperation> read_unified_operations(const Value* value, Misfit& misfit,
                                                      Problems& problems);

/// `runOnRequirements` of a file and of a test: both must be met.
struct UnifiedRequirement {
  std::optional<sim::ServerVersion> min_version{}, max_version{};
  std::vector<std::string> topologies{};  ///< empty: any
  std::optional<bool> authentication{};
  bool is_unmet = false;  ///< for another reason
};
std::vector<UnifiedRequirement> read_unified_requirements(const Value* value, Problems& problems);
std::vector<sim::ClientWorldOptions> worlds_for(const std::vector<UnifiedRequirement>& of_file,
                                                const std::vector<UnifiedRequirement>& of_test);

std::vector<UnifiedData> read_unified_data(const Value* value, std::string_view what,
                                           Misfit& misfit, Problems& problems);
std::vector<UnifiedEventList> read_unified_events(const Value* value, Misfit& misfit,
                                                  Problems& problems);
std::vector<UnifiedLogList> read_unified_logs(const Value* value, Misfit& misfit,
                                              Problems& problems);
std::optional<LogLevel> read_log_level(const Value* value, Problems& problems);
/// Nothing for one of which there are no messages here.
std::optional<LogComponent> log_component_from_name(std::string_view name);
/// An object with one key; else a problem, and false.
bool require_one_member(const Value& value, std::string_view what, Problems& problems);
/// An expected event: its name and its fields, which must be those of events here, with values that
/// they can have.
void read_unified_event(const Value& event, Misfit& misfit, Problems& problems);
/// Notes operators that are none of those of unified_match, and extended JSON that is not
/// understood; what stands behind operators must be right.
void note_values(const Value& value, Misfit& misfit, Problems& problems);

}  // namespace cmap::spec_tests
