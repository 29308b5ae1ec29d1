// What several families put into their configurations. Internal to fuzz.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/configuration.hpp"

namespace cmap::fuzz {

/// Threads and maxPoolSize of a base: no more connections than threads.
struct Size {
  std::uint32_t threads;
  std::uint32_t connections;
};
inline constexpr std::array small_sizes = {Size{1, 1}, Size{2, 1}, Size{2, 2}};
inline constexpr std::array queue_sizes = {Size{1, 1}, Size{2, 1}, Size{2, 2}, Size{3, 1}};

/// A value, and the word for it in the name of a configuration.
template <typename Value>
struct Word {
  std::string word;
  Value value;
};

/// Reads like a sentence: `configuration_of("idle", size)`.
inline Configuration configuration_of(const char* family, const Size& size) {
  return {family, size.threads, size.connections};
}

inline void add_clients(Configuration& configuration, std::uint32_t count,
                        const Operations& in_use = {}) {
  for (std::uint32_t i = 0; i < count; ++i) configuration.add_client({}, in_use);
}

/// A thread that uses a connection, pauses, and comes back for one.
inline void add_returning_client(Configuration& configuration, Duration use, Duration pause) {
  const sim::LabelIndex label = configuration.add_label();
  configuration.add_thread("client",
                           {sim::CheckOut{.label = label}, sim::Wait{use}, sim::CheckIn{label},
                            sim::Wait{pause}, sim::CheckOut{.label = label}, sim::CheckIn{label}});
}

/// Runs come twice as often as anything else.
inline void let_runs_come(Configuration& configuration) {
  configuration.options().background_interval = moment / 2;
}

}  // namespace cmap::fuzz
