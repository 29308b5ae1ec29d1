// Every defect of the broken models can be seen.
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "sim/reference_model/model_test_bench.hpp"

namespace cmap::sim::model_test {
namespace {

/// A little of everything, as one text.
std::string transcript(Defect defect) {
  ReadyBench bench({.max_pool_size = 2, .max_connecting = 1}, defect);
  const auto try_in = [&bench](std::uint64_t id) {
    if (bench.outcomes.contains(id) && !bench.outcomes.at(id).error) bench.in(id);
  };
  bench.out_until(3);
  for (int i = 0; i < 3; ++i) bench.out();
  bench.go_to(5);
  bench.bad(1, Bench::refused());
  bench.good(2);
  bench.good(3);
  try_in(2);
  bench.out();
  bench.out();
  bench.clear();
  bench.ready();
  try_in(3);
  try_in(4);
  bench.out();
  bench.good(4);
  bench.out();
  try_in(7);
  bench.settle();
  bench.clear(true);
  bench.settle();
  bench.ready();
  bench.out();
  bench.good(6);
  bench.close();
  for (std::uint64_t i = 5; i <= 9; ++i) try_in(i);
  std::string text = bench.all();
  for (const Event& event : bench.heard) {
    const auto* out = std::get_if<ConnectionCheckedOutEvent>(&event.body);
    if (out != nullptr) text.append(" ").append(std::to_string(out->duration.count()));
  }
  return text;
}

class BrokenModel : public testing::TestWithParam<Defect> {};

TEST_P(BrokenModel, BehavesDifferently) {
  std::string broken;
  try {
    broken = transcript(GetParam());
  } catch (const std::logic_error& complaint) {
    broken = complaint.what();
  }
  EXPECT_NE(broken, transcript(Defect::none));
}

INSTANTIATE_TEST_SUITE_P(All, BrokenModel, testing::ValuesIn(every_defect()));

TEST(Defects, HaveNamesOfTheirOwn) {
  EXPECT_EQ(every_defect().size(), static_cast<std::size_t>(Defect::deadline_ends_with_queue));
  for (const Defect defect : every_defect()) EXPECT_EQ(defect_named(defect_name(defect)), defect);
  EXPECT_EQ(defect_name(Defect::ignores_max), "ignores-max");
  EXPECT_FALSE(defect_named("none"));
  EXPECT_FALSE(defect_named("ignores_max"));
}

}  // namespace
}  // namespace cmap::sim::model_test
