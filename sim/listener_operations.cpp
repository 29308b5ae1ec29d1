// The operations, one by one.
#include "sim/listener_operations.hpp"

#include <variant>

namespace cmap::sim {

std::optional<std::string> operate_from_listener(PoolUnderTest& pool, const OperationBody& body,
                                                 const ListenerLabels& labels) {
  const auto ignore = [](const ErrorPtr&) {};
  if (std::holds_alternative<Ready>(body)) {
    pool.ready(ignore);
  } else if (std::holds_alternative<Close>(body)) {
    pool.close(ignore);
  } else if (const auto* clear = std::get_if<Clear>(&body)) {
    pool.clear({.interrupt_in_use_connections = clear->interrupt_in_use_connections}, ignore);
  } else if (const auto* check_out = std::get_if<CheckOut>(&body)) {
    labels.start_check_out(*check_out);
  } else if (const auto* check_in = std::get_if<CheckIn>(&body)) {
    if (const auto lease = labels.take(check_in->connection)) pool.check_in(*lease, ignore);
  } else if (const auto* cancel = std::get_if<Cancel>(&body)) {
    pool.cancel(labels.check_out_of(cancel->label), ignore);
  } else {
    std::string misuse = "A listener cannot do ";
    misuse += operation_name(body);
    misuse += '.';
    return misuse;
  }
  return std::nullopt;
}

}  // namespace cmap::sim
