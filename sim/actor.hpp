// An actor: one thread of a scenario, as the simulation sees it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "sim/loop.hpp"
#include "sim/scenario.hpp"

namespace cmap::sim {

class ScenarioRun;

/// Works off its operations in order. What it does in each is ScenarioRun's; the actor knows where
/// it stands.
class Actor final : public Runnable {
 public:
  enum class State : std::uint8_t {
    not_started,
    idle,           ///< nothing to do (yet)
    runnable,       ///< goes on with its next operation when it is its turn
    sleeping,       ///< in `wait`
    awaits_event,   ///< in `waitForEvent`; its timer is the timeout
    awaits_thread,  ///< in `waitForThread`
    awaits_pool,    ///< an operation of the pool has not returned
    returning,      ///< from an operation that does not wait, when it is its turn
    failed,         ///< an error ended it (R3)
  };

  Actor(ScenarioRun& run, ActorIndex index);

  void run() override;
  [[nodiscard]] bool commutes() const override;

  [[nodiscard]] ActorIndex index() const { return index_; }
  [[nodiscard]] State state() const { return state_; }
  void set_state(State state);

  /// Main's: its position among all operations. The others': what main scheduled on them.
  std::deque<std::uint32_t> operations;
  std::uint32_t current = 0;  ///< index of the operation it is in
  std::uint64_t begun = 0;    ///< numbers the operations of all actors in the order they began
  CheckOutId check_out = CheckOutId::none;  ///< the one that it began last
  ErrorPtr error;                           ///< that ended it
  std::vector<Actor*> joiners;
  std::int64_t awaited_count = 0;  ///< awaits_event
  EventType awaited_event = EventType::pool_created;

  [[nodiscard]] bool has_ended() const {
    const bool rests = state_ == State::idle && operations.empty();
    return rests || state_ == State::failed;
  }

 private:
  ScenarioRun& run_;
  const ActorIndex index_;
  State state_ = State::not_started;
};

}  // namespace cmap::sim
