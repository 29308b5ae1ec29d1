// fork(), with the choices in memory that both processes see.
#include "tools/cmap/isolated.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <system_error>
#include <type_traits>
#include <unistd.h>
#include <vector>

#include "pool/asio/steady_time.hpp"

namespace cmap::tools {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Zeros at first; readable after the end of the process that wrote it.
template <typename T>
class Shared {
 public:
  static_assert(std::is_trivially_copyable_v<T>);

  Shared()
      : memory_(
            ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (memory_ == MAP_FAILED) fail("mmap");
  }
  ~Shared() { ::munmap(memory_, sizeof(T)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  T* operator->() const { return static_cast<T*>(memory_); }
  T& operator*() const { return *static_cast<T*>(memory_); }

 private:
  void* memory_;
};

/// What came of a test.
class SharedResult {
 public:
  void add(const sim::RecordedChoice& choice) {
    if (parts_->count < most_choices) parts_->choices[parts_->count++] = choice;
  }
  [[nodiscard]] std::vector<sim::RecordedChoice> schedule() const {
    return {parts_->choices.begin(), parts_->choices.begin() + parts_->count};
  }

  void set(const fuzz::Finding& finding) {
    parts_->has_finding = true;
    parts_->clause.set(finding.clause);
    parts_->message.set(finding.message);
    parts_->signature.set(finding.signature);
  }
  [[nodiscard]] std::optional<fuzz::Finding> finding() const {
    if (!parts_->has_finding) return std::nullopt;
    return fuzz::Finding{.clause = parts_->clause.text(),
                         .message = parts_->message.text(),
                         .signature = parts_->signature.text()};
  }

 private:
  static constexpr std::uint32_t most_choices = 1U << 16U;  // a run of right size makes a hundred

  class Text {
   public:
    void set(std::string_view text) { size_ = text.copy(bytes_.data(), bytes_.size()); }
    [[nodiscard]] std::string text() const { return {bytes_.data(), size_}; }

   private:
    std::size_t size_;
    std::array<char, 8192> bytes_;
  };
  struct Parts {
    bool has_finding;
    Text clause, message, signature;
    std::uint32_t count;
    std::array<sim::RecordedChoice, most_choices> choices;
  };

  Shared<Parts> parts_;
};

/// sim::RecordingChoices into that memory.
class SharingChoices final : public sim::ChoiceSource {
 public:
  SharingChoices(sim::ChoiceSource& source, SharedResult& made) : source_(source), made_(made) {}
  [[nodiscard]] bool skips_commuting() const override { return source_.skips_commuting(); }
  void note(sim::ChoiceKind kind, const sim::Option& taken) override { made_.add({kind, taken}); }
  std::uint32_t choose(sim::ChoiceKind kind, std::span<const sim::Option> options) override {
    const std::uint32_t index = source_.choose(kind, options);
    if (index != stop) made_.add({kind, options[index]});
    return index;
  }

 private:
  sim::ChoiceSource& source_;
  SharedResult& made_;
};

/// How a process ended.
struct End {
  int status = 0;
  bool in_time = true;
  std::string error_output;  ///< the beginning
};

timeval timeval_of(Duration duration) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  return {.tv_sec = us / 1'000'000, .tv_usec = us % 1'000'000};
}

/// In the child: SIGPROF ends what computes for too long. No core is left of what is to be
/// expected.
[[noreturn]] void work_and_exit(const std::function<void()>& work, int error_output,
                                const IsolationLimits& limits) noexcept {
  const itimerval timer{.it_interval = {}, .it_value = timeval_of(limits.processor_time)};
  const rlimit no_core{};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::dup2(error_output, STDERR_FILENO);
  ::setitimer(ITIMER_PROF, &timer, nullptr);
  work();
  ::_exit(0);
}

/// Until the child has ended, or its time.
bool read_to_end(int from, Duration limit, std::string& text) {
  constexpr std::size_t most = 4096;
  const TimePoint until = steady_now() + limit;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_now()).count();
    pollfd readable{.fd = from, .events = POLLIN, .revents = 0};
    const int ready = left > 0 ? ::poll(&readable, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    std::array<char, 1024> bytes;
    const ssize_t count = ::read(from, bytes.data(), bytes.size());
    if (count <= 0) return true;
    text.append(bytes.data(), std::min(static_cast<std::size_t>(count), most - text.size()));
  }
}

End end_of(const std::function<void()>& work, const IsolationLimits& limits) {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  const pid_t child = ::fork();
  if (child == 0) work_and_exit(work, ends[1], limits);
  ::close(ends[1]);
  End end;
  if (child > 0) {
    end.in_time = read_to_end(ends[0], limits.real_time, end.error_output);
    if (!end.in_time) ::kill(child, SIGKILL);
    while (::waitpid(child, &end.status, 0) < 0 && errno == EINTR) {
    }
  }
  ::close(ends[0]);
  if (child < 0) fail("fork");
  return end;
}

/// The line that says why, without what differs from run to run: a sanitizer's, or the first.
std::string reason_in(std::string_view output) {
  constexpr std::string_view sanitizer = "Sanitizer: ";
  const std::size_t at = output.find(sanitizer);
  if (at == std::string_view::npos) return std::string(output.substr(0, output.find('\n')));
  const std::size_t from = output.rfind(' ', at) + 1;
  return std::string(
      output.substr(from, output.find_first_of(" \n", at + sanitizer.size()) - from));
}

constexpr std::string_view no_return = "PROGRESS no return";
constexpr std::string_view crash = "CRASH ";

ProcessEnd described(std::string_view subject, const End& end) {
  if (!end.in_time || (WIFSIGNALED(end.status) && WTERMSIG(end.status) == SIGPROF)) {
    return {.clause = "PROGRESS",
            .sentence = "every call comes back",
            .what = "One does not.",
            .signature = std::string(no_return)};
  }
  const std::string how = WIFSIGNALED(end.status)
                              ? ::strsignal(WTERMSIG(end.status))
                              : "exit status " + std::to_string(WEXITSTATUS(end.status));
  const std::string why = reason_in(end.error_output);
  return {.clause = "CRASH",
          .sentence = "the " + std::string(subject) + " does not end the process",
          .what = how + (why.empty() ? "" : ": " + why),
          .signature = std::string(crash) + how};
}

fuzz::Finding finding_of(const ProcessEnd& end) {
  return fuzz::Finding{.clause = end.clause,
                       .message = end.clause + ": " + end.sentence + ". " + end.what,
                       .signature = end.signature};
}

}  // namespace

std::optional<ProcessEnd> end_of_process(std::string_view subject,
                                         const std::function<void()>& work,
                                         const IsolationLimits& limits) {
  const Shared<bool> came_back;
  const End end = end_of(
      [&] {
        work();
        *came_back = true;
      },
      limits);
  if (*came_back) return std::nullopt;
  return described(subject, end);
}

fuzz::Tested test_isolated(const sim::Scenario& scenario, sim::ChoiceSource& choices,
                           const sim::PoolFactory& factory, const fuzz::PropertyOptions& options,
                           const IsolationLimits& limits) {
  SharedResult result;
  const auto end = end_of_process(
      "pool",
      [&] {
        SharingChoices sharing(choices, result);
        const fuzz::Tested tested = fuzz::test(scenario, sharing, factory, options);
        if (tested.finding) result.set(*tested.finding);
      },
      limits);
  fuzz::Tested tested;
  tested.finding = end ? finding_of(*end) : result.finding();
  tested.schedule = result.schedule();
  return tested;
}

bool ends_process(const fuzz::Finding& finding) {
  return finding.signature == no_return || finding.signature.starts_with(crash);
}

}  // namespace cmap::tools
