// Ports of this machine that behave badly in a way that can be relied on.
#pragma once

#include <cstdint>
#include <vector>

namespace cmap::sim {

/// Nobody listens, and nobody else can: connecting is refused at once.
class DeadPort {
 public:
  DeadPort();
  ~DeadPort();
  DeadPort(const DeadPort&) = delete;
  DeadPort& operator=(const DeadPort&) = delete;
  [[nodiscard]] std::uint16_t number() const { return number_; }

 private:
  int socket_;
  std::uint16_t number_;
};

/// Somebody listens, with no room left: connecting neither succeeds nor fails.
class SilentPort {
 public:
  SilentPort();
  ~SilentPort();
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  [[nodiscard]] std::uint16_t number() const { return number_; }

 private:
  int socket_;
  std::vector<int> fillers_;
  std::uint16_t number_;
};

}  // namespace cmap::sim
