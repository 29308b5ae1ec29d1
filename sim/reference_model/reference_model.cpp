// Makes reference models, sound and broken ones.
#include "sim/reference_model/reference_model.hpp"

#include <memory>

#include "sim/reference_model/model_pool.hpp"

namespace cmap::sim {

PoolFactory reference_model() { return broken_reference_model(Defect::none); }

PoolFactory broken_reference_model(Defect defect) {
  return [defect](const PoolSetup& setup, Environment& environment) {
    return std::make_unique<ModelPool>(setup, environment, defect);
  };
}

}  // namespace cmap::sim
