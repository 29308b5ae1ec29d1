// Round after round.
#include "sim/real/soak.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "sim/real/peer_kind.hpp"
#include "sim/real/soak_round.hpp"

namespace cmap::sim {
namespace {

/// Enough to run two callbacks at the same time.
constexpr std::size_t io_threads = 2;

class Soak {
 public:
  Soak(const SoakOptions& options, const std::function<void(const SoakReport&)>& stuck)
      : options_(options), stuck_(stuck), io_(io_threads) {}

  SoakReport run() {
    for (std::uint64_t round = options_.first_round;; ++round) {
      const std::size_t steps = steps_left();
      if (steps == 0) break;
      run_round(round, steps);
      if (report_.failure || ending_ || !goes_on(report_.totals)) break;
    }
    return report_;
  }

 private:
  [[nodiscard]] std::optional<std::uint64_t> operations_left() const {
    if (!options_.operations) return std::nullopt;
    return *options_.operations - std::min(*options_.operations, report_.totals.steps);
  }

  /// Of each thread in the next round.
  [[nodiscard]] std::size_t steps_left() const {
    const auto left = operations_left();
    if (!left) return soak_steps_per_round;
    const std::uint64_t of_each = (*left + options_.threads - 1) / options_.threads;
    return std::min<std::uint64_t>(of_each, soak_steps_per_round);
  }

  [[nodiscard]] bool goes_on(const SoakTotals& totals) const {
    return !options_.go_on || options_.go_on(totals);
  }

  void run_round(std::uint64_t number, std::size_t steps) {
    const auto operations = operations_left();
    auto round = std::make_unique<SoakRun>(options_, number, io_, peers_);
    const auto interlude = [&](SoakTotals totals) {
      totals += report_.totals;
      if (ending_ || goes_on(totals)) return;
      ending_ = true;
      round->stop();
    };
    const bool ended = round->run(steps, interlude);
    report_.totals += round->totals();
    ++report_.totals.rounds;
    report_.failure = round->failure();
    if (report_.failure) report_.failure->operations = operations;
    if (ended) return;
    stuck_(report_);
    std::abort();
  }

  const SoakOptions& options_;
  const std::function<void(const SoakReport&)>& stuck_;
  PeerOptions peers_;
  IoThreads io_;
  SoakReport report_;
  bool ending_ = false;
};

}  // namespace

SoakReport soak(const SoakOptions& options, const std::function<void(const SoakReport&)>& stuck) {
  return Soak(options, stuck).run();
}

}  // namespace cmap::sim
