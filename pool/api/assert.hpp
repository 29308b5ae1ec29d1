// Assertions that stay on in every build: a pool that contradicts itself must not go on.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace cmap {

/// Thrown instead, where somebody wants to look at the pieces; what asserted must not be used
/// again.
class AssertionFailed : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// While it lives, assertions that fail on this thread throw AssertionFailed.
class AssertionsThrow {
 public:
  AssertionsThrow() { ++scopes(); }
  ~AssertionsThrow() { --scopes(); }
  AssertionsThrow(const AssertionsThrow&) = delete;
  AssertionsThrow& operator=(const AssertionsThrow&) = delete;

  [[nodiscard]] static bool is_in_force() { return scopes() > 0; }

 private:
  static int& scopes() {
    thread_local int count = 0;
    return count;
  }
};

[[noreturn]] inline void assertion_failed(const char* condition, const char* file, int line) {
  if (AssertionsThrow::is_in_force()) {
    throw AssertionFailed(std::string(file) + ":" + std::to_string(line) +
                          ": assertion failed: " + condition);
  }
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace cmap

#define CMAP_ASSERT(condition)                         \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::cmap::assertion_failed(#condition, __FILE__, __LINE__))
