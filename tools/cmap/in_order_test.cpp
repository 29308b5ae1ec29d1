// Work on threads: all of it, in order, some at a time.
#include "tools/cmap/in_order.hpp"

#include <atomic>
#include <latch>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cmap::tools {
namespace {

using ::testing::ElementsAre;

TEST(InOrder, ResultsComeInTheOrderOfTheTasks) {
  for (const std::size_t threads : {1U, 2U, 7U}) {
    std::vector<std::size_t> taken;
    in_order(
        5, threads, [](std::size_t i) { return 10 * i; },
        [&](std::size_t i, std::size_t result) {
          EXPECT_EQ(result, 10 * i);
          taken.push_back(i);
        });
    EXPECT_THAT(taken, ElementsAre(0, 1, 2, 3, 4)) << threads;
  }
}

TEST(InOrder, TasksRunAtTheSameTime) {
  std::latch all_there(3);
  int taken = 0;
  in_order(
      3, 3, [&](std::size_t) { return all_there.arrive_and_wait(), 0; },
      [&](std::size_t, int) { ++taken; });
  EXPECT_EQ(taken, 3);
}

TEST(InOrder, OneThreadIsTheCallers) {
  const auto here = std::this_thread::get_id();
  in_order(
      2, 1, [](std::size_t) { return std::this_thread::get_id(); },
      [&](std::size_t, std::thread::id id) { EXPECT_TRUE(id == here); });
}

TEST(InOrder, NothingToDo) {
  in_order(
      0, 4, [](std::size_t) { return 0; }, [](std::size_t, int) { FAIL(); });
}

TEST(InOrder, WhatIsThrownComesInItsPlace) {
  std::vector<std::size_t> taken;
  const auto run = [&] {
    in_order(
        20, 2,
        [](std::size_t i) {
          if (i == 2) throw std::runtime_error("two");
          return i;
        },
        [&](std::size_t i, std::size_t) { taken.push_back(i); });
  };
  EXPECT_THROW(run(), std::runtime_error);
  EXPECT_THAT(taken, ElementsAre(0, 1));
}

}  // namespace
}  // namespace cmap::tools
