// Runs out of bytes: what a coverage-guided fuzzer mutates composes the scenario and chooses the
// schedule.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fuzz/property.hpp"
#include "fuzz/shrink.hpp"
#include "sim/choice.hpp"

namespace cmap::fuzz {

/// Each choice takes one byte of those that are left, modulo the number of options; when none are
/// left the answer is the dullest.
class ByteChoices final : public sim::ChoiceSource {
 public:
  enum class End : std::uint8_t { front, back };
  /// `left` gets shorter with every choice, and must outlive it.
  ByteChoices(std::span<const std::uint8_t>& left, End end) : left_(left), end_(end) {}
  std::uint32_t choose(sim::ChoiceKind kind, std::span<const sim::Option> options) override;

 private:
  std::span<const std::uint8_t>& left_;
  const End end_;
};

/// The scenario takes its bytes from the front, then the schedule from the back: more bytes for one
/// do not shift the other. Nothing if every property holds.
std::optional<Failure> test_bytes(std::span<const std::uint8_t> bytes,
                                  const sim::PoolFactory& factory,
                                  const PropertyOptions& options = {});

/// Bytes that make of the pool the same run as these choices.
std::vector<std::uint8_t> bytes_of(sim::ChoiceSource& composing, sim::ChoiceSource& schedule,
                                   const sim::PoolFactory& factory);

/// The failure, made small, as a scenario file, whose comments say what broke and which command
/// brings it back.
std::string report_of(Failure failure, const sim::PoolFactory& factory);

}  // namespace cmap::fuzz
