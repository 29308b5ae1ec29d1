// A handler that only writes what was prepared, and lets the signal happen again.
#include "tools/cmap/crash_note.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <unistd.h>
#include <utility>

namespace cmap::tools {
namespace {

constexpr std::array crashes{SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

std::atomic<const std::string*> current{nullptr};

void write_note(int crash) {
  if (const std::string* text = current.load()) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text->data(), text->size());
  }
  ::raise(crash);  // the handler is gone by now
}

void install() {
  struct sigaction note {};
  note.sa_handler = write_note;
  note.sa_flags = static_cast<int>(SA_RESETHAND) | SA_NODEFER;
  for (const int crash : crashes) {
    struct sigaction before {};
    if (::sigaction(crash, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) continue;
    ::sigaction(crash, &note, nullptr);
  }
}

}  // namespace

CrashNote::CrashNote(std::string text) : text_(std::move(text)) {
  static const bool installed = (install(), true);
  static_cast<void>(installed);
  current = &text_;
}

CrashNote::~CrashNote() { current = nullptr; }

}  // namespace cmap::tools
