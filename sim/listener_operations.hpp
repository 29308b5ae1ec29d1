// What a listener of a scenario does to the pool, the same in every world.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sim/pool_under_test.hpp"
#include "sim/scenario.hpp"

namespace cmap::sim {

/// The labels of a run, as a listener's operations need them.
struct ListenerLabels {
  std::function<void(const CheckOut& operation)> start_check_out;
  /// The lease, which is consumed; nothing if it is not held.
  std::function<std::optional<CheckedOut>(LabelIndex label)> take;
  /// The id of the label's check-out.
  std::function<std::uint64_t(LabelIndex label)> check_out_of;
};

/// Nobody waits for these: a listener goes on when the transition is made (principle 7). What is
/// wrong, if it is an operation that no listener can perform.
std::optional<std::string> operate_from_listener(PoolUnderTest& pool, const OperationBody& body,
                                                 const ListenerLabels& labels);

}  // namespace cmap::sim
