// Finding, erasing and counting, also across compactions.
#include "sim/checkers/live_list.hpp"

#include <gtest/gtest.h>

namespace cmap::sim {
namespace {

struct Record {
  int id = 0;
  bool gone = false;
};

TEST(LiveList, FindsWhatIsAlive) {
  LiveList<Record> list;
  EXPECT_EQ(list.find(1), nullptr);
  for (const int id : {1, 2, 5}) list.push_back({id});
  EXPECT_EQ(list.find(2)->id, 2);
  EXPECT_EQ(list.find(5)->id, 5);
  EXPECT_EQ(list.find(3), nullptr);
  EXPECT_EQ(list.find(6), nullptr);
  list.erase(*list.find(2));
  list.erase(*list.find(5));
  EXPECT_EQ(list.find(2), nullptr);
  EXPECT_EQ(list.find(5), nullptr);
  EXPECT_EQ(list.size(), 1U);
  EXPECT_EQ(list.front().id, 1);
}

TEST(LiveList, CountsThoseBeforeAnIdUpToALimit) {
  LiveList<Record> list;
  for (int id = 1; id <= 10; ++id) list.push_back({id});
  list.erase(*list.find(3));
  EXPECT_EQ(list.count_before(6, 100), 4U);
  EXPECT_EQ(list.count_before(6, 2), 2U);
  EXPECT_EQ(list.count_before(1, 100), 0U);
}

TEST(LiveList, SurvivesManyComingsAndGoings) {
  LiveList<Record> list;
  list.push_back({0});
  for (int id = 1; id <= 10'000; ++id) {
    list.push_back({id});
    if (id > 3) list.erase(*list.find(id - 3));
  }
  EXPECT_EQ(list.size(), 4U);
  EXPECT_EQ(list.front().id, 0);
  EXPECT_EQ(list.find(9'997), nullptr);
  EXPECT_EQ(list.find(9'998)->id, 9'998);
  EXPECT_EQ(list.count_before(10'000, 100), 3U);
}

}  // namespace
}  // namespace cmap::sim
