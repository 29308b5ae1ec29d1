// Says what was being done when the program crashes: a failed assertion of a pool under test, or
// worse.
#pragma once

#include <string>

namespace cmap::tools {

/// While it lives, a crash writes `text` to standard error before the program ends as it would have
/// ended. One at a time. Leaves handlers alone that somebody else installed (sanitizers).
class CrashNote {
 public:
  explicit CrashNote(std::string text);
  ~CrashNote();
  CrashNote(const CrashNote&) = delete;
  CrashNote& operator=(const CrashNote&) = delete;

 private:
  std::string text_;
};

}  // namespace cmap::tools
