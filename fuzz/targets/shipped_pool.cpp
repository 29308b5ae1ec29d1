// The target that is shipped runs the pool that is shipped.
#include "fuzz/targets/pool_to_fuzz.hpp"
#include "sim/world.hpp"

namespace cmap::fuzz {

sim::PoolFactory pool_to_fuzz() { return sim::connection_pool(); }

}  // namespace cmap::fuzz
