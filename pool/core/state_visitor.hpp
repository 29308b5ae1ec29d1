// Shows the whole state of a pool to whoever must know whether two pools will do the same.
#pragma once

#include <cstdint>

#include "pool/api/errors.hpp"
#include "pool/api/ids.hpp"
#include "pool/api/time.hpp"

namespace cmap {

/// Is told everything that the future depends on, in an order that depends on nothing else. What is
/// a name, an age or a distance is told as such: two states that differ in these only do the same.
class StateVisitor {
 public:
  virtual ~StateVisitor() = default;
  virtual void word(std::uint64_t value) = 0;
  /// Never the same for two connections; `none`, too, is shown.
  virtual void connection(ConnectionId id) = 0;
  virtual void check_out(CheckOutId id) = 0;
  /// The last one that was given; the next one follows.
  virtual void last_connection(ConnectionId id) = 0;
  virtual void last_check_out(CheckOutId id) = 0;
  virtual void time(TimePoint time) = 0;
  virtual void generation(Generation generation) = 0;
  virtual void service(const ServiceId& service) = 0;
  /// May be null.
  virtual void error(const ErrorPtr& error) = 0;

  void flag(bool value) { word(value ? 1 : 0); }
  template <typename Enum>
  void choice(Enum value) {
    word(static_cast<std::uint64_t>(value));
  }
};

}  // namespace cmap
