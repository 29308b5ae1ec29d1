// A handler that only writes what was prepared, and lets the signal happen again.
#include "tools/cmap/crash_note.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

namespace cmap::tools {
namespace {

constexpr std::array crashes{SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

constexpr unsigned longest_last_words = 5;  // seconds

std::atomic<const CrashNote*> current{nullptr};
std::atomic<pid_t> crashed_thread{0};
volatile std::sig_atomic_t crash_of_all = 0;

[[noreturn]] void end_by(int crash) {
  ::signal(crash, SIG_DFL);
  ::raise(crash);
  ::_exit(1);  // never: the signal is not blocked
}

/// False: this one has crashed before, in its last words.
bool is_first_crash() {
  const pid_t self = ::gettid();
  pid_t first = 0;
  if (crashed_thread.compare_exchange_strong(first, self)) return true;
  while (first != self) ::pause();  // for the end
  return false;
}

}  // namespace

void CrashNote::tell(int crash) {
  if (!is_first_crash()) end_by(crash);
  crash_of_all = crash;
  if (const CrashNote* note = current.load()) {
    const std::string& text = note->text_;
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    // Far more than a handler may do. Mostly it works, and nothing else is left to lose.
    ::alarm(longest_last_words);
    if (note->last_words_) note->last_words_();
  }
  end_by(crash);
}

void CrashNote::install() {
  struct sigaction note {};
  note.sa_handler = tell;
  note.sa_flags = SA_NODEFER;
  for (const int crash : crashes) {
    struct sigaction before {};
    if (::sigaction(crash, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) continue;
    ::sigaction(crash, &note, nullptr);
  }
  struct sigaction give_up {};
  give_up.sa_handler = [](int) { end_by(crash_of_all); };
  ::sigaction(SIGALRM, &give_up, nullptr);
}

CrashNote::CrashNote(std::string text, std::function<void()> last_words)
    : text_(std::move(text)), last_words_(std::move(last_words)) {
  static const bool installed = (install(), true);
  static_cast<void>(installed);
  current = this;
}

CrashNote::~CrashNote() { current = nullptr; }

}  // namespace cmap::tools
