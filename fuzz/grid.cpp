// Puts the configurations together.
#include "fuzz/grid.hpp"

#include <algorithm>
#include <array>

#include "fuzz/configuration.hpp"

namespace cmap::fuzz {
namespace {

constexpr std::array all_faults = {Fault::none, Fault::refused,           Fault::hangs,
                                   Fault::late, Fault::not_authenticated, Fault::peer_closes};

/// No more than maxPoolSize, or minPoolSize 1 and what else can be set.
Configuration configuration_of(std::uint32_t threads, std::uint32_t pool, bool has_options) {
  Configuration configuration("", threads, pool, has_options ? ", options" : "");
  if (!has_options) return configuration;
  PoolOptions& options = configuration.options();
  options.background_interval.reset();
  options.min_pool_size = 1;
  options.max_connecting = 1;
  options.wait_queue_timeout = moment;
  options.max_idle_time = moment / 5;
  return configuration;
}

}  // namespace

std::vector<sim::Scenario> grid(const GridSize& size) {
  std::vector<sim::Scenario> all;
  const std::size_t faults = size.faults ? all_faults.size() : 1;
  for (std::uint32_t threads = 1; threads <= size.threads; ++threads) {
    for (std::uint32_t pool = 1; pool <= std::min(size.max_pool_size, threads); ++pool) {
      for (const Lifecycle& lifecycle : lifecycles(size.lifecycle)) {
        for (std::size_t fault = 0; fault < faults; ++fault) {
          for (const bool has_options : {false, true}) {
            Configuration configuration = configuration_of(threads, pool, has_options);
            for (std::uint32_t i = 0; i < threads; ++i) {
              configuration.add_patient_client(size.check_outs);
            }
            configuration.add_lifecycle(lifecycle);
            configuration.add_fault(all_faults.at(fault));
            all.push_back(configuration.scenario());
          }
        }
      }
    }
  }
  return all;
}

}  // namespace cmap::fuzz
