// Counts the marks of pool/core/probe.hpp: included first in a copy of the pool's sources
// (fuzz/CMakeLists.txt). The linker lists them, also those that are never reached.
#pragma once

namespace cmap::fuzz {

struct Probe {
  const char* name;
  bool hit = false;  ///< since somebody last set it to false
};

/// All that are linked stand between the two.
extern Probe* const first_probe __asm__("__start_cmap_probes");
extern Probe* const behind_last_probe __asm__("__stop_cmap_probes");

}  // namespace cmap::fuzz

#define CMAP_PROBE(name) CMAP_PROBE_IF(true, name)
#define CMAP_PROBE_IF(condition, name)                                                            \
  do {                                                                                            \
    static constinit ::cmap::fuzz::Probe probe{name};                                             \
    [[gnu::section("cmap_probes"), gnu::used]] static ::cmap::fuzz::Probe* const listed = &probe; \
    if (condition) probe.hit = true;                                                              \
  } while (false)
