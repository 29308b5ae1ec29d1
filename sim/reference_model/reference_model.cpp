// Makes reference models, sound and broken ones.
#include "sim/reference_model/reference_model.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "sim/reference_model/model_pool.hpp"

namespace cmap::sim {
namespace {

constexpr std::array all_defects{Defect::lifo_queue,
                                 Defect::keeps_stale,
                                 Defect::forgets_permit,
                                 Defect::ignores_max,
                                 Defect::ignores_max_connecting,
                                 Defect::no_failed_event,
                                 Defect::wrong_reason,
                                 Defect::clears_after_eviction,
                                 Defect::zero_duration,
                                 Defect::no_run_after_clear,
                                 Defect::pending_survive_interrupt,
                                 Defect::closes_under_holder,
                                 Defect::deadline_ends_with_queue};

}  // namespace

std::span<const Defect> every_defect() { return all_defects; }

std::string_view defect_name(Defect defect) {
  switch (defect) {
    case Defect::none:
      return "none";
    case Defect::lifo_queue:
      return "lifo-queue";
    case Defect::keeps_stale:
      return "keeps-stale";
    case Defect::forgets_permit:
      return "forgets-permit";
    case Defect::ignores_max:
      return "ignores-max";
    case Defect::ignores_max_connecting:
      return "ignores-max-connecting";
    case Defect::no_failed_event:
      return "no-failed-event";
    case Defect::wrong_reason:
      return "wrong-reason";
    case Defect::clears_after_eviction:
      return "clears-after-eviction";
    case Defect::zero_duration:
      return "zero-duration";
    case Defect::no_run_after_clear:
      return "no-run-after-clear";
    case Defect::pending_survive_interrupt:
      return "pending-survive-interrupt";
    case Defect::closes_under_holder:
      return "closes-under-holder";
    case Defect::deadline_ends_with_queue:
      return "deadline-ends-with-queue";
  }
  return "?";
}

std::optional<Defect> defect_named(std::string_view name) {
  const auto found = std::ranges::find(all_defects, name, defect_name);
  if (found == all_defects.end()) return std::nullopt;
  return *found;
}

PoolFactory reference_model() { return broken_reference_model(Defect::none); }

PoolFactory broken_reference_model(Defect defect) {
  return [defect](const PoolSetup& setup, Environment& environment) {
    return std::make_unique<ModelPool>(setup, environment, defect);
  };
}

}  // namespace cmap::sim
