// For tests: the same target with a pool whose bug it must find.
#include "fuzz/targets/pool_to_fuzz.hpp"
#include "sim/reference_model/reference_model.hpp"

namespace cmap::fuzz {

sim::PoolFactory pool_to_fuzz() { return sim::broken_reference_model(sim::Defect::keeps_stale); }

}  // namespace cmap::fuzz
