// Elections, step-downs, deaths: who is primary, and who hears of it.
#include "sim/real/serve/model/deployment.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cmap::serve {
namespace {

using ::testing::Eq;
using ::testing::Optional;

Deployment three() {
  return Deployment({.kind = Deployment::Kind::replica_set, .set_name = "rs", .members = 3});
}

TEST(Deployment, BeginsWithTheFirstMemberAsPrimary) {
  const Deployment set = three();
  EXPECT_THAT(set.primary(), Optional(0U));
  EXPECT_EQ(set.news(), 0U);
  EXPECT_EQ(set.topology_version(0).counter, 0);
  EXPECT_NE(set.topology_version(0).process_id, set.topology_version(1).process_id);
}

TEST(Deployment, AfterAStepDownTheNextMemberIsElected) {
  Deployment set = three();
  const wire::ObjectId before = set.election_id();
  EXPECT_TRUE(set.step_down());
  EXPECT_THAT(set.primary(), Eq(std::nullopt));
  EXPECT_EQ(set.topology_version(2).counter, 1);
  set.elect();
  EXPECT_THAT(set.primary(), Optional(1U));
  EXPECT_GT(set.election_id(), before);
  EXPECT_EQ(set.topology_version(2).counter, 2);
  EXPECT_EQ(set.news(), 2U);
}

TEST(Deployment, StepsDownOnlyOnce) {
  Deployment set = three();
  EXPECT_TRUE(set.step_down());
  EXPECT_FALSE(set.step_down());
  EXPECT_EQ(set.news(), 1U);
}

TEST(Deployment, ASingleServerDoesNotStepDown) {
  Deployment single({});
  EXPECT_FALSE(single.step_down());
  EXPECT_TRUE(single.is_primary(0));
}

TEST(Deployment, ASetOfOneElectsItselfAgain) {
  Deployment set({.kind = Deployment::Kind::replica_set, .set_name = "rs"});
  set.step_down();
  set.elect();
  EXPECT_THAT(set.primary(), Optional(0U));
}

TEST(Deployment, TheDeadAreNotElected) {
  Deployment set = three();
  set.kill(1);
  set.step_down();
  set.elect();
  EXPECT_THAT(set.primary(), Optional(2U));
}

TEST(Deployment, WithoutAMajorityThereIsNoPrimary) {
  Deployment set = three();
  set.kill(1);
  EXPECT_THAT(set.primary(), Optional(0U));
  set.kill(2);
  set.elect();
  EXPECT_THAT(set.primary(), Eq(std::nullopt));
  set.restart(2);
  set.elect();
  EXPECT_THAT(set.primary(), Optional(2U));
}

TEST(Deployment, ARestartedMemberIsANewProcess) {
  Deployment set = three();
  const wire::ObjectId before = set.topology_version(0).process_id;
  set.kill(0);
  EXPECT_FALSE(set.alive(0));
  // The dead hear nothing.
  EXPECT_EQ(set.topology_version(0).counter, 0);
  set.restart(0);
  EXPECT_TRUE(set.alive(0));
  EXPECT_NE(set.topology_version(0).process_id, before);
}

TEST(Deployment, KillingTheDeadAndRestartingTheLivingAreNoNews) {
  Deployment set = three();
  set.restart(1);
  EXPECT_EQ(set.news(), 0U);
  set.kill(1);
  set.kill(1);
  EXPECT_EQ(set.news(), 1U);
}

TEST(Deployment, NewsOfOneMember) {
  Deployment set = three();
  set.make_news(1);
  EXPECT_EQ(set.news(), 1U);
  EXPECT_EQ(set.topology_version(0).counter, 0);
  EXPECT_EQ(set.topology_version(1).counter, 1);
}

TEST(Deployment, ALostConfigurationIsTheOneBefore) {
  Deployment set = three();
  EXPECT_FALSE(set.lose_configuration());
  ASSERT_TRUE(set.configure(2, false));
  EXPECT_TRUE(set.lose_configuration());
  EXPECT_TRUE(set.is_configured(2));
  EXPECT_EQ(set.set_version(), 1);
  EXPECT_EQ(set.primary(), std::nullopt);
  set.elect();
  EXPECT_FALSE(set.lose_configuration());
}

TEST(Deployment, EveryMongosTakesWrites) {
  const Deployment routers({.kind = Deployment::Kind::load_balanced, .members = 2});
  EXPECT_TRUE(routers.is_primary(0));
  EXPECT_TRUE(routers.is_primary(1));
}

TEST(Deployment, ServicesTakeTurns) {
  Deployment behind({.kind = Deployment::Kind::load_balanced, .services = 3});
  std::vector<wire::ObjectId> first;
  std::vector<wire::ObjectId> second;
  for (int i = 0; i < 3; ++i) first.push_back(behind.next_service());
  for (int i = 0; i < 3; ++i) second.push_back(behind.next_service());
  EXPECT_EQ(first, second);
  EXPECT_EQ(std::set(first.begin(), first.end()).size(), 3U);
}

TEST(Deployment, AnotherSeedMakesOtherIds) {
  const Deployment one({.seed = 1});
  const Deployment same({.seed = 1});
  const Deployment other({.seed = 2});
  EXPECT_EQ(one.topology_version(0), same.topology_version(0));
  EXPECT_NE(one.topology_version(0), other.topology_version(0));
}

TEST(Deployment, FindsMembersByTheirHosts) {
  Deployment set = three();
  set.set_host(2, "127.0.0.1:31002");
  EXPECT_THAT(set.member_of("127.0.0.1:31002"), Optional(2U));
  EXPECT_THAT(set.member_of("127.0.0.1:1"), Eq(std::nullopt));
}

}  // namespace
}  // namespace cmap::serve
