// Tries to leave out halves, then quarters, down to single items.
#include "sim/client/shrink_client_plan.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/client/repeated_client_run.hpp"

namespace cmap::sim {
namespace {

class PlanShrinker {
 public:
  PlanShrinker(ClientPlan plan, Violation violation, const ClientShrinking& shrinking)
      : plan_(std::move(plan)), violation_(std::move(violation)), shrinking_(shrinking) {}

  ShrunkClientPlan shrink() {
    std::size_t before = 0;
    do {
      before = size();
      leave_out([](ClientPlan & plan) -> auto& { return plan.calls; });
      leave_out([](ClientPlan & plan) -> auto& { return plan.happenings; });
      make_plain();
    } while (size() < before);
    return {.plan = std::move(plan_), .violation = std::move(violation_), .runs = runs_};
  }

 private:
  /// Whatever makes client and deployment special, one after the other.
  void make_plain() {
    without([](ClientPlan& plan) { plan.closes_early.reset(); });
    without([](ClientPlan& plan) { plan.client.timeout.reset(); });
    without([](ClientPlan& plan) { plan.client.socket_timeout.reset(); });
    without([](ClientPlan& plan) { plan.client.pool.min_pool_size.reset(); });
    without([](ClientPlan& plan) { plan.client.pool.max_connecting.reset(); });
    without([](ClientPlan& plan) { plan.client.pool.max_idle_time.reset(); });
    without([](ClientPlan& plan) { plan.client.pool.wait_queue_timeout.reset(); });
    without([](ClientPlan& plan) {
      plan.client.credential.reset();
      plan.deployment.users.clear();
    });
    for (std::size_t i = 0; i < plan_.calls.size(); ++i) {
      without([i](ClientPlan& plan) { plan.calls[i].timeout.reset(); });
    }
    without(leave_out_member);
  }

  /// The last one, if nothing happens to it.
  static void leave_out_member(ClientPlan& plan) {
    const std::size_t left = plan.deployment.servers.members - 1;
    const Address last = SimulatedDeployment::address(left);
    const bool is_needed =
        left == 0 || (plan.seeds.size() == 1 && plan.seeds.front() == last) ||
        std::any_of(plan.happenings.begin(), plan.happenings.end(), [left](const Happening& each) {
          return each.is_of_member() && each.member == left;
        });
    if (is_needed) return;
    plan.deployment.servers.members = left;
    std::erase(plan.seeds, last);
  }

  template <typename Change>
  void without(const Change& change) {
    ClientPlan plainer = plan_;
    change(plainer);
    if (specialties(plainer) != specialties(plan_)) take_if_broken(std::move(plainer));
  }

  /// How much there is that makes it special.
  static std::size_t specialties(const ClientPlan& plan) {
    const PoolOptions& pool = plan.client.pool;
    const std::array set{
        plan.closes_early.has_value(),          plan.client.timeout.has_value(),
        plan.client.socket_timeout.has_value(), pool.min_pool_size.has_value(),
        pool.max_connecting.has_value(),        pool.max_idle_time.has_value(),
        pool.wait_queue_timeout.has_value(),    plan.client.credential.has_value()};
    const auto timeouts = std::count_if(plan.calls.begin(), plan.calls.end(),
                                        [](const auto& call) { return call.timeout.has_value(); });
    return plan.deployment.servers.members + static_cast<std::size_t>(timeouts) +
           static_cast<std::size_t>(std::count(set.begin(), set.end(), true));
  }

  [[nodiscard]] std::size_t size() const {
    return plan_.calls.size() + plan_.happenings.size() + specialties(plan_);
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
    if (runs_ == shrinking_.most_runs || (shrinking_.goes_on && !shrinking_.goes_on())) {
      return false;
    }
    ++runs_;
    auto violation = shrinking_.test(smaller);
    if (!violation || !is_same_breach(*violation, violation_)) return false;
    plan_ = std::move(smaller);
    violation_ = *std::move(violation);
    return true;
  }

  ClientPlan plan_;
  Violation violation_;
  const ClientShrinking& shrinking_;
  std::size_t runs_ = 0;
};

}  // namespace

ShrunkClientPlan shrink_client_plan(ClientPlan plan, Violation violation,
                                    const ClientShrinking& shrinking) {
  return PlanShrinker(std::move(plan), std::move(violation), shrinking).shrink();
}

}  // namespace cmap::sim
