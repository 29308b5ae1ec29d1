// Every decision of chance goes through one function: choose (design principle 9).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/prng.hpp"

namespace cmap::sim {

/// What is decided. Sources may treat kinds differently; names are stable, they go into files.
enum class ChoiceKind : std::uint8_t {
  schedule,  ///< which of the things that may happen now happens next
  scenario,  ///< a number that a generator needs
};

/// What an option would do.
enum class ActionKind : std::uint8_t {
  deliver,     ///< the next effect of the pool is carried out
  operate,     ///< an actor goes on with its next operation
  wake,        ///< an actor's wait ends
  pool_timer,  ///< the pool's deadline is reached
  transport,   ///< a connection's transport answers
  draw,        ///< no action: the number is the subject
};

/// An option, by name: it is the same thing in a run of changed code.
struct Option {
  ActionKind action = ActionKind::deliver;
  /// The actor's index, the connection's id (with a million for each pool before its own), or the
  /// pool's number.
  std::uint32_t subject = 0;

  auto operator<=>(const Option&) const = default;
};

std::string_view choice_kind_name(ChoiceKind kind);
std::string_view action_name(ActionKind action);

/// Answers every choice of one run. Option 0 is the dullest.
class ChoiceSource {
 public:
  virtual ~ChoiceSource() = default;

  /// True if `choose` answers 0 always, so that nobody needs to list the options.
  [[nodiscard]] virtual bool is_canonical() const { return false; }

  /// True: a step that commutes with everything else that can happen is no choice, it goes first,
  /// and `note` is told. What happens after the main thread has ended is no choice either.
  [[nodiscard]] virtual bool skips_commuting() const { return false; }
  virtual void note(ChoiceKind, const Option& /*taken*/) {}

  /// What `choose` answers to end the run where it is.
  static constexpr std::uint32_t stop = 0xFFFFFFFF;
  /// An index into `options`, which has at least two elements, or `stop`.
  virtual std::uint32_t choose(ChoiceKind kind, std::span<const Option> options) = 0;
};

/// The dullest run of all, which the exact expectations describe.
class CanonicalChoices final : public ChoiceSource {
 public:
  [[nodiscard]] bool is_canonical() const override { return true; }
  std::uint32_t choose(ChoiceKind, std::span<const Option>) override { return 0; }
};

/// Uniform draws from a seed.
class SeededChoices final : public ChoiceSource {
 public:
  /// `stream`: what is decided; each has chance of its own.
  explicit SeededChoices(std::uint64_t seed, std::string_view stream = "schedule")
      : prng_(derive_seed(seed, stream)) {}
  std::uint32_t choose(ChoiceKind, std::span<const Option> options) override {
    return static_cast<std::uint32_t>(prng_.below(options.size()));
  }

 private:
  Prng prng_;
};

/// One answered choice, by name.
struct RecordedChoice {
  ChoiceKind kind = ChoiceKind::schedule;
  Option option;
  bool operator==(const RecordedChoice&) const = default;
};

/// Passes every choice on to another source and writes down the answers.
class RecordingChoices final : public ChoiceSource {
 public:
  explicit RecordingChoices(ChoiceSource& source) : source_(source) {}
  [[nodiscard]] bool skips_commuting() const override { return source_.skips_commuting(); }
  void note(ChoiceKind kind, const Option& taken) override { recorded_.push_back({kind, taken}); }
  std::uint32_t choose(ChoiceKind kind, std::span<const Option> options) override;
  [[nodiscard]] const std::vector<RecordedChoice>& recorded() const { return recorded_; }

 private:
  ChoiceSource& source_;
  std::vector<RecordedChoice> recorded_;
};

/// Answers as recorded. Where the recorded option is not on offer (the code has changed since), the
/// choice is answered canonically and counted as drift; the record stays where it was, so that it
/// can meet again.
class ReplayedChoices final : public ChoiceSource {
 public:
  explicit ReplayedChoices(std::vector<RecordedChoice> recorded) : recorded_(std::move(recorded)) {}
  std::uint32_t choose(ChoiceKind kind, std::span<const Option> options) override;
  /// So many were answered as recorded.
  [[nodiscard]] std::size_t replayed() const { return next_; }
  [[nodiscard]] std::size_t drift() const { return drift_; }

 private:
  std::vector<RecordedChoice> recorded_;
  std::size_t next_ = 0;
  std::size_t drift_ = 0;
};

/// Plain enumeration of all runs, depth first: `while (choices.next_run()) run(choices);`.
class EnumeratedChoices final : public ChoiceSource {
 public:
  /// Prepares the next run; false when every run has been made.
  bool next_run();
  std::uint32_t choose(ChoiceKind kind, std::span<const Option> options) override;

 private:
  struct Branch {
    std::uint32_t taken = 0;
    std::uint32_t count = 0;
  };
  std::vector<Branch> path_;
  std::size_t depth_ = 0;
  bool started_ = false;
};

}  // namespace cmap::sim
