// The map from services to generations and connection counts.
#include "pool/core/services.hpp"

#include <utility>

#include "pool/api/assert.hpp"
#include "pool/core/probe.hpp"

namespace cmap {

Generation Services::add_connection(const ServiceId& service) {
  Entry& entry = services_[service];
  ++entry.connections;
  return entry.generation;
}

void Services::remove_connection(const ServiceId& service) {
  const auto found = services_.find(service);
  CMAP_ASSERT(found != services_.end() && found->second.connections > 0);
  CMAP_PROBE_IF(found->second.connections == 1, "a service loses its last connection");
  if (--found->second.connections == 0) services_.erase(found);
}

void Services::clear(const ServiceId& service, ErrorPtr cause) {
  const auto found = services_.find(service);
  CMAP_PROBE_IF(found == services_.end(), "clear of an unknown service");
  if (found == services_.end()) return;
  found->second.generation = next(found->second.generation);
  found->second.cause = std::move(cause);
}

ErrorPtr Services::cause(const ServiceId& service) const {
  const auto found = services_.find(service);
  return found == services_.end() ? nullptr : found->second.cause;
}

Generation Services::generation(const ServiceId& service) const {
  const auto found = services_.find(service);
  return found == services_.end() ? Generation::initial : found->second.generation;
}

std::int64_t Services::connections(const ServiceId& service) const {
  const auto found = services_.find(service);
  return found == services_.end() ? 0 : found->second.connections;
}

}  // namespace cmap
