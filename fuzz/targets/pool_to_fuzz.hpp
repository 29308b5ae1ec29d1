// Which pool a fuzz target runs, decided when it is linked.
#pragma once

#include "sim/pool_under_test.hpp"

namespace cmap::fuzz {

sim::PoolFactory pool_to_fuzz();

}  // namespace cmap::fuzz
