// The baton: one turn at a time, each actor on a thread of its own.
#include "sim/real/actor_threads.hpp"

#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace cmap::sim {
namespace {

TEST(ActorThreads, EachActorHasAThreadOfItsOwn) {
  ActorThreads threads;
  std::vector<std::thread::id> ids(4);
  for (int round = 0; round < 100; ++round) {
    for (const ActorIndex actor : {2U, 0U, 3U, 1U}) {
      threads.run(actor, [&] {
        const auto here = std::this_thread::get_id();
        if (round == 0) ids[actor] = here;
        EXPECT_EQ(ids[actor], here);
      });
    }
  }
  const std::set<std::thread::id> different(ids.begin(), ids.end());
  EXPECT_EQ(different.size(), 4U);
  EXPECT_FALSE(different.contains(std::this_thread::get_id()));
}

TEST(ActorThreads, WhatATurnThrowsReachesTheRunner) {
  ActorThreads threads;
  EXPECT_THROW(threads.run(1, [] { throw std::runtime_error("no"); }), std::runtime_error);
  bool ran = false;
  threads.run(1, [&] { ran = true; });
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace cmap::sim
