// Assertions that stay on in every build: a pool that contradicts itself must not go on.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace cmap {

[[noreturn]] inline void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace cmap

#define CMAP_ASSERT(condition)                         \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::cmap::assertion_failed(#condition, __FILE__, __LINE__))
