// Whoever runs operations one after the other: the test itself, and its threads.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "pool/api/time.hpp"
#include "spec-tests/unified_file.hpp"

namespace cmap::spec_tests {

/// As the format has it for waitForEvent and waitForThread.
inline constexpr Duration wait_patience = std::chrono::seconds(10);

/// What an operation that was begun waits for.
struct UnifiedWait {
  std::function<bool()> is_over{};  ///< empty: it is the time that it waits for
  TimePoint until{};
  /// What is wrong if `until` has come before it is over.
  std::function<std::string()> too_late{};
  /// When it is over.
  std::function<void()> conclude{};
};

class UnifiedActor {
 public:
  /// `operation` must outlive it.
  void add(const UnifiedOperation& operation) { waiting_.push_back(&operation); }
  [[nodiscard]] bool is_idle() const { return waiting_.empty() && !current_; }

  using Begin = std::function<UnifiedWait(const UnifiedOperation&)>;
  using Fail = std::function<void(const UnifiedOperation&, const std::string&)>;
  /// As far as that is possible now. True if anything was done.
  bool advance(TimePoint now, const Begin& begin, const Fail& fail) {
    if (!current_) {
      if (waiting_.empty()) return false;
      current_ = waiting_.front();
      waiting_.pop_front();
      wait_ = begin(*current_);
      return true;
    }
    const bool is_over = wait_.is_over && wait_.is_over();
    if (!is_over && now < wait_.until) return false;
    const UnifiedOperation& ended = *std::exchange(current_, nullptr);
    if (is_over || !wait_.too_late) {
      if (wait_.conclude) wait_.conclude();
    } else {
      fail(ended, wait_.too_late());
    }
    return true;
  }

  /// When time makes a difference.
  [[nodiscard]] TimePoint next_time() const { return current_ ? wait_.until : TimePoint::max(); }

 private:
  std::deque<const UnifiedOperation*> waiting_;
  const UnifiedOperation* current_ = nullptr;
  UnifiedWait wait_;
};

}  // namespace cmap::spec_tests
