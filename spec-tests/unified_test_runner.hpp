// What the operations of a unified test do: those of the test runner itself, and those that send
// something.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "spec-tests/problem.hpp"
#include "spec-tests/unified_actor.hpp"
#include "spec-tests/unified_entity_map.hpp"

namespace cmap::spec_tests {

/// For the thread of the world, which outlives it, as the entities do.
class UnifiedTestRunner {
 public:
  /// `fail` takes what an operation was found wrong in, when it is found.
  UnifiedTestRunner(std::string path, sim::ClientWorld& world, UnifiedEntityMap& entities,
                    std::function<void(Problem)> fail)
      : path_(std::move(path)), world_(world), entities_(entities), fail_(std::move(fail)) {}

  /// Begins an operation, which outlives what is answered. Throws nothing: what cannot be begun
  /// has failed, and is over.
  UnifiedWait begin(const UnifiedOperation& operation);

 private:
  UnifiedWait create_entities(const UnifiedOperation& operation);
  UnifiedWait set_fail_point(const UnifiedOperation& operation);
  UnifiedWait wait_for_event(const UnifiedOperation& operation);
  UnifiedWait assert_event_count(const UnifiedOperation& operation);
  UnifiedWait run_on_thread(const UnifiedOperation& operation);
  UnifiedWait wait_for_thread(const UnifiedOperation& operation);
  UnifiedWait wait(const UnifiedOperation& operation);
  UnifiedWait assert_checked_out(const UnifiedOperation& operation);
  UnifiedWait record_topology(const UnifiedOperation& operation);
  UnifiedWait assert_topology_type(const UnifiedOperation& operation);
  UnifiedWait close(const UnifiedOperation& operation);
  UnifiedWait send(const UnifiedOperation& operation);
  UnifiedWait send(const UnifiedOperation& operation, UnifiedClient& client,
                   UnifiedCommand command);
  [[nodiscard]] UnifiedWait ending_with(std::function<bool()> is_over,
                                        std::function<void()> conclude) const;
  [[nodiscard]] UnifiedClient& client_of(const UnifiedOperation& operation) const;
  [[nodiscard]] UnifiedClient& observed_by(const UnifiedOperation& operation) const;
  void fail(const UnifiedOperation& operation, std::string message);

  const std::string path_;
  sim::ClientWorld& world_;
  UnifiedEntityMap& entities_;
  const std::function<void(Problem)> fail_;
};

}  // namespace cmap::spec_tests
