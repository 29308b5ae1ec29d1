// Runs what a file of server selection says, and compares.
#include "spec-tests/selection_cases.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "pool/client/round_trip_times.hpp"
#include "sim/prng.hpp"
#include "spec-tests/scenario_file.hpp"
#include "spec-tests/selection_file.hpp"

namespace cmap::spec_tests {
namespace {

/// As the specification has it.
constexpr Duration default_local_threshold = std::chrono::milliseconds(15);
constexpr std::uint64_t selection_seed = 1;

std::vector<std::string> sorted_addresses(const std::vector<ServerPtr>& servers) {
  std::vector<std::string> addresses;
  for (const ServerPtr& server : servers) addresses.push_back(server->address.text());
  std::ranges::sort(addresses);
  return addresses;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all.empty() ? "none" : all;
}

class SelectionRun {
 public:
  explicit SelectionRun(const SelectionFile& file) : file_(file) {}

  std::vector<Problem> differences() {
    const auto error = selection_error(file_.topology, file_.selection, file_.heartbeat_frequency);
    if (error.has_value() != file_.error) {
      differ(file_.error_mark, error ? "no error was expected, but: " + *error
                                     : std::string("an error was expected, but there is none"));
    }
    if (error || file_.error) return differences_;
    const auto suitable =
        suitable_servers(file_.topology, file_.selection, file_.heartbeat_frequency);
    const auto near = in_latency_window(suitable, default_local_threshold);
    compare("suitable_servers", file_.suitable, suitable, "D-SEL-1");
    compare("in_latency_window", file_.in_latency_window, near, "D-SEL-2");
    if (file_.iterations > 0 && !near.empty()) compare_frequencies(near);
    return differences_;
  }

 private:
  void compare(const std::string& what, const std::optional<ExpectedServers>& expected,
               const std::vector<ServerPtr>& actual, const std::string& clause) {
    const auto addresses = sorted_addresses(actual);
    if (!expected || expected->addresses == addresses) return;
    differ(expected->mark, what + ": expected " + joined(expected->addresses) + ", but is " +
                               joined(addresses) + " (" + clause + ")");
  }

  void compare_frequencies(const std::vector<ServerPtr>& near) {
    OperationCounts counts;
    for (const auto& [address, count] : file_.operation_counts) {
      for (std::int64_t i = 0; i < count; ++i) counts.begin(*Address::parse(address));
    }
    sim::Prng random(selection_seed);
    std::map<std::string, std::int64_t> chosen;
    for (std::int64_t i = 0; i < file_.iterations; ++i) {
      const auto below = [&](std::size_t bound) {
        return static_cast<std::size_t>(random.below(bound));
      };
      ++chosen[choose_server(near, counts, below)->address.text()];
    }
    for (const SelectionFile::Frequency& expected : file_.frequencies) {
      const auto times = static_cast<double>(chosen[expected.address]);
      const double actual = times / static_cast<double>(file_.iterations);
      // Never and always leave nothing to chance.
      const bool is_exact = expected.frequency <= 0 || expected.frequency >= 1;
      const double tolerance = is_exact ? 0 : file_.tolerance;
      if (std::abs(actual - expected.frequency) <= tolerance) continue;
      differ(expected.mark, expected.address + ": expected " + std::to_string(expected.frequency) +
                                " of the choices, but has " + std::to_string(actual) +
                                " (D-SEL-2)");
    }
  }

  void differ(Mark mark, std::string message) {
    differences_.push_back({file_.path, mark, std::move(message)});
  }

  const SelectionFile& file_;
  std::vector<Problem> differences_;
};

CasesResult one_case(const std::string& path, std::string description,
                     std::function<std::vector<Problem>(const CaseRun&)> differences) {
  Case test{.name = scenario_name(path),
            .description = std::move(description),
            .path = path,
            .differences = std::move(differences)};
  return {.cases = {std::move(test)}, .problems = {}};
}

/// {avg_rtt_ms, new_rtt_ms, new_avg_rtt}: the average before, a new sample, the average after.
CasesResult read_average_case(const Value& document, const std::string& path) {
  Problems problems(path);
  ObjectReader keys(document, "the file", problems);
  const Value* const before = keys.need("avg_rtt_ms");
  const Value* const sample = keys.need("new_rtt_ms");
  const Value* const after = keys.need("new_avg_rtt");
  keys.finish();
  const auto time_of = [](const Value* value) {
    return value ? milliseconds_in(*value) : std::nullopt;
  };
  const auto added = time_of(sample);
  const auto expected = time_of(after);
  if (problems.empty() && (!added || !expected)) {
    problems.add(document.mark, "new_rtt_ms and new_avg_rtt must be numbers");
  }
  if (!problems.empty()) return {.cases = {}, .problems = problems.take()};
  const auto run = [path, known = time_of(before), added = *added, expected = *expected,
                    mark = after->mark](const CaseRun&) -> std::vector<Problem> {
    RoundTripTimes times;
    if (known) times.add(*known);
    times.add(added);
    if (times.average() == expected) return {};
    return {{path, mark,
             "expected " + std::to_string(expected.count()) + " ns, but is " +
                 std::to_string(times.average()->count()) + " ns (D-MON-8)"}};
  };
  return one_case(path, "the average of round trip times", run);
}

}  // namespace

bool holds_selection_case(const Value& document) {
  return document.find("topology_description") || document.find("new_avg_rtt");
}

CasesResult read_selection_case(const Value& document, const std::string& path) {
  if (document.find("new_avg_rtt")) return read_average_case(document, path);
  Problems problems(path);
  auto file = std::make_shared<const SelectionFile>(read_selection_file(document, path, problems));
  if (!problems.empty()) return {.cases = {}, .problems = problems.take()};
  const Value* const text = document.find("description");
  std::string description = text && text->text() ? *text->text() : "which servers suit";
  return one_case(path, std::move(description),
                  [file](const CaseRun&) { return SelectionRun(*file).differences(); });
}

}  // namespace cmap::spec_tests
