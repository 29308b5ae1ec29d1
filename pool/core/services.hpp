// Generations by service, behind a load balancer (A-LB-1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "pool/api/errors.hpp"
#include "pool/api/ids.hpp"

namespace cmap {

/// Knows a service for as long as it has connections.
class Services {
 public:
  /// A connection said hello to the service: counts it, and tells its generation (A-LB-2).
  Generation add_connection(const ServiceId& service);
  void remove_connection(const ServiceId& service);

  /// Makes the connections of the service stale, because of `cause` (may be null). Nothing to do
  /// for an unknown one.
  void clear(const ServiceId& service, ErrorPtr cause);
  /// Of the last clear; null if it had none, or there was none.
  [[nodiscard]] ErrorPtr cause(const ServiceId& service) const;
  [[nodiscard]] Generation generation(const ServiceId& service) const;

  [[nodiscard]] std::size_t size() const { return services_.size(); }
  /// Connections of the service; 0 if it is not known.
  [[nodiscard]] std::int64_t connections(const ServiceId& service) const;
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (const auto& [service, entry] : services_) visit(service);
  }

 private:
  struct Entry {
    Generation generation = Generation::initial;
    std::int64_t connections = 0;
    ErrorPtr cause{};
  };
  std::map<ServiceId, Entry> services_;
};

}  // namespace cmap
