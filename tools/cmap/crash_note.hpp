// Says what was being done when the program crashes: a failed assertion of a pool under test, or
// worse.
#pragma once

#include <functional>
#include <string>

namespace cmap::tools {

/// While it lives, a crash writes `text` to standard error and calls `last_words` (which may be
/// empty) on the thread that crashes, before the program ends as it would have ended. What is
/// broken may break `last_words`, too: they get five seconds, and a second crash of that thread
/// ends them; another thread that crashes waits for that end. One at a time. Leaves handlers alone
/// that somebody else installed (sanitizers).
class CrashNote {
 public:
  explicit CrashNote(std::string text, std::function<void()> last_words = {});
  ~CrashNote();
  CrashNote(const CrashNote&) = delete;
  CrashNote& operator=(const CrashNote&) = delete;

 private:
  static void tell(int crash);
  static void install();

  std::string text_;
  std::function<void()> last_words_;
};

}  // namespace cmap::tools
