// Reads operations, those of the format and those of the extension, with their names resolved.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario.hpp"
#include "spec-tests/readers.hpp"

namespace cmap::spec_tests {

class OperationReader {
 public:
  OperationReader(ScenarioFile& file, Problems& problems)
      : file_(file), scenario_(file.scenario), problems_(problems) {}

  /// One element of `operations`.
  void read_operation(const Value& value);
  /// One element of `x-cmap.listener`.
  void read_listener_action(const Value& value);
  /// After everything was read: labels that are used must be set somewhere.
  void check_labels();

 private:
  enum class Use : std::uint8_t { any_check_out, background_check_out };
  struct LabelUse {
    sim::LabelIndex label;
    Use use;
    Mark mark;
  };
  struct LabelState {
    bool set = false;
    bool set_in_background = false;
  };
  using Body = std::optional<sim::OperationBody>;

  // Nothing if something needed is missing or wrong; the problem is reported then.
  Body standard(std::string_view name, ObjectReader& keys, ObjectReader* extension);
  Body extended(std::string_view name, ObjectReader& keys);
  Body listener_operation(const Value& value);
  static std::span<const std::string_view> extended_names();
  void add_operation(sim::Operation operation, std::optional<Value> error);

  // Operations of the format.
  Body start(ObjectReader& keys);
  Body wait(ObjectReader& keys, ObjectReader* extension);
  Body wait_for_thread(ObjectReader& keys);
  Body wait_for_event(ObjectReader& keys, ObjectReader* extension);
  sim::OperationBody check_out(ObjectReader& keys, ObjectReader* extension,
                               bool always_in_background);
  Body check_in(ObjectReader& keys);
  sim::OperationBody clear(ObjectReader& keys);

  // Operations of the extension.
  Body await_check_out(ObjectReader& keys);
  Body cancel(ObjectReader& keys);
  Body check_in_again(ObjectReader& keys);
  Body clear_service(ObjectReader& keys);
  Body set_purpose(ObjectReader& keys);
  Body fail_in_use(ObjectReader& keys);
  Body peer_closes(ObjectReader& keys);
  Body set_fail_point(ObjectReader& keys);
  Body expect_state(ObjectReader& keys);

  sim::LabelIndex label(const std::string& name);
  void set_label(sim::LabelIndex index, bool in_background);
  std::optional<sim::LabelIndex> used_label(ObjectReader& keys, Use use);
  [[nodiscard]] std::vector<std::string_view> set_labels() const;
  std::optional<sim::ActorIndex> known_thread(const Value* value, std::string_view what);
  /// The thread that an operation is for, by default the main one.
  std::optional<sim::ActorIndex> thread_of(std::string_view name, ObjectReader& keys,
                                           ObjectReader* extension);
  std::optional<CheckOutPurpose> purpose(const Value* value);

  ScenarioFile& file_;
  sim::Scenario& scenario_;
  Problems& problems_;
  std::vector<LabelState> labels_;  ///< by LabelIndex
  std::vector<LabelUse> uses_;
};

}  // namespace cmap::spec_tests
