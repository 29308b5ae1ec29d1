// The rounds and the table.
#include "tools/bench/beside/beside.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include <fmt/format.h>

namespace cmap::bench {
namespace {

void print_row(const std::string& name, const std::vector<Sample>& samples, double reference) {
  std::vector<double> values;
  std::vector<double> waits;
  std::vector<double> sleeps;
  for (const Sample& sample : samples) {
    values.push_back(sample.value);
    waits.insert(waits.end(), sample.waits.begin(), sample.waits.end());
    if (sample.sleeps) sleeps.push_back(*sample.sleeps);
  }
  const double median = quantile(values, 0.5);
  fmt::print("  {:<34} {:>10.0f}  {:>8.0f} to {:<8.0f} {:>6.2f}", name, median, quantile(values, 0),
             quantile(values, 1), median / reference);
  if (!waits.empty()) {
    fmt::print("   waits p50 {:.1f} us, p99 {:.1f} us", quantile(waits, 0.5) / 1000,
               quantile(waits, 0.99) / 1000);
  }
  if (!sleeps.empty()) fmt::print(", {:.2f} sleeps each", quantile(sleeps, 0.5));
  fmt::print("\n");
  std::fflush(stdout);
}

}  // namespace

double quantile(std::vector<double> values, double share) {
  const auto at = values.begin() +
                  static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

void compare(const Comparison& comparison, std::size_t rounds) {
  std::vector<std::vector<Sample>> samples(comparison.contestants.size());
  for (std::size_t round = 0; round <= rounds; ++round) {
    for (std::size_t i = 0; i < comparison.contestants.size(); ++i) {
      Sample sample = comparison.contestants[i].round();
      if (round > 0) samples[i].push_back(std::move(sample));  // the first one warms up
    }
  }
  fmt::print("\n{}\n  {:<34} {:>10}  {:>20} {:>6}\n", comparison.title,
             fmt::format("{}, {} rounds", comparison.unit, rounds), "median", "from to", "ratio");
  std::vector<double> first;
  for (const Sample& sample : samples.front()) first.push_back(sample.value);
  const double reference = quantile(first, 0.5);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    print_row(comparison.contestants[i].name, samples[i], reference);
  }
}

double time_of(const std::function<void()>& body) {
  const auto begin = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace cmap::bench
