// Tries to leave out halves, then quarters, down to single items.
#include "sim/client/shrink_client_plan.hpp"

#include <algorithm>
#include <utility>

#include "sim/client/client_run.hpp"

namespace cmap::sim {
namespace {

class PlanShrinker {
 public:
  PlanShrinker(ClientPlan plan, std::uint64_t seed, std::string clause, std::size_t most_runs)
      : plan_(std::move(plan)), seed_(seed), clause_(std::move(clause)), runs_left_(most_runs) {}

  ClientPlan shrink() {
    std::size_t before = 0;
    do {
      before = size();
      leave_out([](ClientPlan & plan) -> auto& { return plan.calls; });
      leave_out([](ClientPlan & plan) -> auto& { return plan.happenings; });
      ClientPlan without = plan_;
      without.closes_early.reset();
      if (plan_.closes_early) take_if_broken(std::move(without));
    } while (size() < before);
    return std::move(plan_);
  }

 private:
  [[nodiscard]] std::size_t size() const {
    return plan_.calls.size() + plan_.happenings.size() + (plan_.closes_early ? 1 : 0);
  }

  template <typename Items>
  void leave_out(const Items& items) {
    for (std::size_t chunk = std::max<std::size_t>(items(plan_).size(), 1); chunk > 0; chunk /= 2) {
      for (std::size_t at = 0; at < items(plan_).size();) {
        ClientPlan smaller = plan_;
        auto& list = items(smaller);
        const auto begin = list.begin() + static_cast<std::ptrdiff_t>(at);
        list.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(chunk, list.size() - at)));
        if (!take_if_broken(std::move(smaller))) at += chunk;
      }
    }
  }

  bool take_if_broken(ClientPlan smaller) {
    if (runs_left_ == 0) return false;
    --runs_left_;
    SeededChoices choices(seed_);
    const ClientRunResult result = run_client(smaller, choices);
    if (!result.violation || result.violation->clause != clause_) return false;
    plan_ = std::move(smaller);
    return true;
  }

  ClientPlan plan_;
  const std::uint64_t seed_;
  const std::string clause_;
  std::size_t runs_left_;
};

}  // namespace

ClientPlan shrink_client_plan(ClientPlan plan, std::uint64_t seed, const std::string& clause,
                              std::size_t most_runs) {
  return PlanShrinker(std::move(plan), seed, clause, most_runs).shrink();
}

}  // namespace cmap::sim
