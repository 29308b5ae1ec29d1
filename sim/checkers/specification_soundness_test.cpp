// No false alarms of the specification's checkers: random runs of PoolCore, with the events as
// threads may bring them, late and early. And they are awake: of spoiled runs most are noticed.
#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "sim/checkers/random_run_harness.hpp"
#include "sim/checkers/specification_checkers.hpp"

namespace cmap::sim {
namespace {

/// Emits the events of a run, whose places are those of their steps, at other places: as
/// specification_checkers.hpp says that threads may.
class Threads {
 public:
  Threads(std::uint64_t seed, const std::vector<Event>& events) : prng_(seed), events_(events) {}

  std::vector<Event> emitted() {
    find_bounds();
    std::vector<Place> places;
    for (std::size_t step = 0; step < events_.size(); ++step) places.push_back(place_of(step));
    std::ranges::stable_sort(places);
    std::vector<Event> result;
    for (const Place& place : places) result.push_back(events_[place.step]);
    return result;
  }

 private:
  static constexpr std::uint64_t grain = 1000;  ///< places between two steps

  struct Place {
    std::uint64_t at = 0;
    std::size_t step = 0;
    auto operator<=>(const Place&) const = default;
  };

  static bool is_of_pool(EventType type) { return type <= EventType::pool_closed; }
  static bool comes_before_its_step(EventType type) {
    return type == EventType::check_out_started || type == EventType::connection_ready ||
           type == EventType::checked_in;
  }

  /// After which no event may be emitted: the next step of its connection or of the pool. PoolReady
  /// comes before anything is created.
  void find_bounds() {
    latest_.assign(events_.size(), std::numeric_limits<std::size_t>::max());
    std::map<ConnectionId, std::size_t> next_of_connection;
    std::size_t next_of_pool = events_.size();
    std::size_t next_created = events_.size();
    for (std::size_t step = events_.size(); step-- > 0;) {
      const EventType type = events_[step].type();
      const ConnectionId id = connection_of(events_[step].body);
      if (is_of_pool(type)) {
        latest_[step] =
            type == EventType::pool_ready ? std::min(next_of_pool, next_created) : next_of_pool;
        next_of_pool = step;
      } else if (id != ConnectionId::none) {
        const auto next = next_of_connection.find(id);
        if (next != next_of_connection.end()) latest_[step] = next->second;
        next_of_connection[id] = step;
      }
      if (type == EventType::connection_created) next_created = step;
    }
  }

  Place place_of(std::size_t step) {
    const std::uint64_t now = (step + 1) * grain;
    const EventType type = events_[step].type();
    const ConnectionId id = connection_of(events_[step].body);
    const std::uint64_t most = prng_.ratio(1, 4) ? 30 * grain : prng_.ratio(1, 2) ? 3 * grain : 0;
    std::uint64_t& last = id == ConnectionId::none ? unused_ : last_of_connection_[id];
    if (id == ConnectionId::none) unused_ = 0;
    std::uint64_t at = now;
    if (comes_before_its_step(type)) {
      const std::uint64_t earliest = std::max(last + 1, now > most ? now - most : 1);
      at = earliest + prng_.below(now - earliest + 1);
    } else if (type != EventType::pool_created) {
      const std::uint64_t bound = latest_[step] == std::numeric_limits<std::size_t>::max()
                                      ? now + most
                                      : std::min(now + most, (latest_[step] + 1) * grain - 2);
      at = now + prng_.below(std::max(bound, now) - now + 1);
    }
    last = at;
    return {at, step};
  }

  Prng prng_;
  const std::vector<Event>& events_;
  std::vector<std::size_t> latest_;
  std::map<ConnectionId, std::uint64_t> last_of_connection_;
  std::uint64_t unused_ = 0;
};

std::optional<Violation> specified(const PoolOptions& options, const std::vector<Event>& events,
                                   bool complete) {
  // As a log tells it.
  const bool load_balanced = std::ranges::any_of(events, [](const Event& event) {
    const auto* cleared = std::get_if<ConnectionPoolClearedEvent>(&event.body);
    return cleared && cleared->service_id;
  });
  SpecificationCheckers checkers({non_default(options), load_balanced});
  for (const Event& event : events) checkers.observe(event);
  if (complete) checkers.finish_complete();
  return checkers.violation();
}

TEST(SpecificationSoundness, NoFalseAlarmWhateverThreadsDo) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    RandomRun run(seed);
    run.make_steps(150);
    const auto underway = specified(run.options(), run.events(), false);
    ASSERT_FALSE(underway) << "seed " << seed << ": " << underway->clause << ", "
                           << underway->message;
    run.come_to_rest();
    for (std::uint64_t order = 0; order < 4; ++order) {
      const auto events = order == 0 ? run.events() : Threads(order, run.events()).emitted();
      const auto found = specified(run.options(), events, run.is_at_rest());
      ASSERT_FALSE(found) << "seed " << seed << ", order " << order << ": " << found->clause << ", "
                          << found->message;
    }
  }
}

/// An event that is left out, or comes twice: of these a third is right for some schedule.
TEST(SpecificationSoundness, SpoiledRunsAreNoticed) {
  int noticed_left_out = 0;
  int noticed_twice = 0;
  constexpr int runs = 300;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    RandomRun run(seed);
    run.make_steps(60);
    run.come_to_rest();
    const std::size_t at = Prng(seed).below(run.events().size());
    const auto place = static_cast<std::ptrdiff_t>(at);

    std::vector<Event> left_out = run.events();
    left_out.erase(left_out.begin() + place);
    noticed_left_out += specified(run.options(), left_out, run.is_at_rest()) ? 1 : 0;

    std::vector<Event> twice = run.events();
    twice.insert(twice.begin() + place, run.events()[at]);
    noticed_twice += specified(run.options(), twice, run.is_at_rest()) ? 1 : 0;
  }
  EXPECT_GE(noticed_left_out, runs * 2 / 3);
  EXPECT_GE(noticed_twice, runs * 2 / 3);
}

}  // namespace
}  // namespace cmap::sim
