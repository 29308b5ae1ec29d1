// Bytes as choices, and choices as bytes.
#include "fuzz/bytes.hpp"

#include <algorithm>
#include <utility>

#include "fuzz/generator.hpp"
#include "fuzz/saved.hpp"

namespace cmap::fuzz {
namespace {

/// Writes down which of the options was taken.
class IndexedChoices final : public sim::ChoiceSource {
 public:
  explicit IndexedChoices(sim::ChoiceSource& source) : source_(source) {}

  std::uint32_t choose(sim::ChoiceKind kind, std::span<const sim::Option> options) override {
    const std::uint32_t index = source_.choose(kind, options) % reachable(options);
    taken_.push_back(static_cast<std::uint8_t>(index));
    return index;
  }
  [[nodiscard]] const std::vector<std::uint8_t>& taken() const { return taken_; }

  /// A byte reaches no more.
  static std::uint32_t reachable(std::span<const sim::Option> options) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(options.size(), 256));
  }

 private:
  sim::ChoiceSource& source_;
  std::vector<std::uint8_t> taken_;
};

std::string as_comment(const std::string& text) {
  std::string comment = "# ";
  for (const char c : text) {
    comment += c;
    if (c == '\n') comment += "# ";
  }
  return comment += '\n';
}

}  // namespace

std::uint32_t ByteChoices::choose(sim::ChoiceKind, std::span<const sim::Option> options) {
  if (left_.empty()) return 0;
  const bool at_front = end_ == End::front;
  const std::uint8_t byte = at_front ? left_.front() : left_.back();
  left_ = at_front ? left_.subspan(1) : left_.first(left_.size() - 1);
  return byte % IndexedChoices::reachable(options);
}

std::optional<Failure> test_bytes(std::span<const std::uint8_t> bytes,
                                  const sim::PoolFactory& factory, const PropertyOptions& options) {
  ByteChoices composing(bytes, ByteChoices::End::front);
  sim::Scenario scenario = generate(composing);
  ByteChoices schedule(bytes, ByteChoices::End::back);
  Tested tested = test(scenario, schedule, factory, options);
  if (!tested.finding) return std::nullopt;
  return Failure{std::move(scenario), std::move(tested.schedule), std::move(*tested.finding)};
}

std::vector<std::uint8_t> bytes_of(sim::ChoiceSource& composing, sim::ChoiceSource& schedule,
                                   const sim::PoolFactory& factory) {
  IndexedChoices composed(composing);
  const sim::Scenario scenario = generate(composed);
  IndexedChoices scheduled(schedule);
  test(scenario, scheduled, factory, {.compare_with_model = false, .run_twice = false});
  std::vector<std::uint8_t> bytes = composed.taken();
  bytes.insert(bytes.end(), scheduled.taken().rbegin(), scheduled.taken().rend());
  return bytes;
}

std::string report_of(Failure failure, const sim::PoolFactory& factory) {
  const Failure small = shrink(std::move(failure), factory).failure;
  const spec_tests::Written file = save(small, "found");
  std::string text = as_comment(small.finding.message);
  if (file.text.empty()) return text + as_comment("It cannot be a file: " + file.reason);
  return text + as_comment("Saved as found.yml, this is brought back by: cmap replay found.yml") +
         file.text;
}

}  // namespace cmap::fuzz
