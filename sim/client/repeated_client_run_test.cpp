// Two runs that differ are found out, and two breaches of one clause are told apart.
#include "sim/client/repeated_client_run.hpp"

#include <gtest/gtest.h>

namespace cmap::sim {
namespace {

std::string clause_after(std::vector<ClientRunResult> results) {
  auto next = results.begin();
  const ClientRunResult result = run_twice([&] { return *next++; });
  EXPECT_EQ(next, results.end());
  return result.violation ? result.violation->clause : "";
}

TEST(RepeatedClientRun, TwoRunsAreCompared) {
  const ClientRunResult one{.digest = 1};
  EXPECT_EQ(clause_after({one, one}), "");
  EXPECT_EQ(clause_after({one, {.digest = 2}}), "principle 12");
  EXPECT_EQ(clause_after({one, {.digest = 1, .steps = 1}}), "principle 12");
  EXPECT_EQ(clause_after({{.violation = Violation{"D-SD-2", "", ""}}}), "D-SD-2");
}

TEST(RepeatedClientRun, OneClauseIsSeveralRules) {
  const Violation one{"D.2", "a timeout changes nothing", "m0: its pool was cleared"};
  EXPECT_TRUE(is_same_breach(one, {one.clause, one.sentence, "m1: its pool was cleared"}));
  EXPECT_FALSE(is_same_breach(one, {one.clause, "other errors count", one.message}));
  EXPECT_FALSE(is_same_breach(one, {"D.3", one.sentence, one.message}));
}

TEST(RepeatedClientRun, AnAssertionIsWhatItSays) {
  const Violation one{std::string(assertions_clause), "assertions hold", "a.cpp:1: failed"};
  EXPECT_TRUE(is_same_breach(one, one));
  EXPECT_FALSE(is_same_breach(one, {one.clause, one.sentence, "b.cpp:2: failed"}));
}

}  // namespace
}  // namespace cmap::sim
