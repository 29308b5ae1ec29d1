// A monitor's connection on the simulated network.
#pragma once

#include <memory>

#include "pool/client/monitor_transport.hpp"
#include "sim/client/simulated_deployment.hpp"

namespace cmap::sim {

std::unique_ptr<MonitorConnection> simulated_monitor_connection(
    SimulatedDeployment& deployment, const Address& address, MonitorConnectionListener& listener);

}  // namespace cmap::sim
