// Signals: nothing else sees a crash, or a loop without end.
#include "fuzz/mutants/search_limits.hpp"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <initializer_list>
#include <sys/time.h>
#include <unistd.h>

namespace cmap::mutants {
namespace {

char last_words[64];

/// The run crashed, or it has not come back.
void end_search(int why) {
  const char* const reason = why == SIGVTALRM ? "does not end\n" : "crash\n";
  for (const char* text : {static_cast<const char*>(last_words), reason}) {
    [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, text, std::strlen(text));
  }
  _exit(1);
}

}  // namespace

std::int64_t cpu_time() { return std::int64_t{std::clock()} * 1000 / CLOCKS_PER_SEC; }

void end_search_if_it_crashes() {
  for (const int signal : {SIGVTALRM, SIGSEGV, SIGABRT}) std::signal(signal, end_search);
}

void set_last_words(const char* what, std::uint64_t count, std::int64_t searched) {
  std::snprintf(last_words, sizeof last_words, "%s=%llu search=%lld\n", what,
                static_cast<unsigned long long>(count), static_cast<long long>(searched));
}

void give_a_second() {
  const itimerval one_second{.it_interval = {}, .it_value = {.tv_sec = 1, .tv_usec = 0}};
  setitimer(ITIMER_VIRTUAL, &one_second, nullptr);
}

void take_the_second_back() { setitimer(ITIMER_VIRTUAL, nullptr, nullptr); }

}  // namespace cmap::mutants
