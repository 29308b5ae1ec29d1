// Logs of servers that go and come back: whose an event is that comes after the next pool was
// created. A log is written in short words: PC, PR and PZ are the pool's Created, Ready and Closed,
// S and F:reason a check-out's Started and Failed, C1, R1, O1, I1 and Z1:reason a connection's
// Created, Ready, CheckedOut, CheckedIn and Closed.
#include <algorithm>
#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "tools/cmap/judgement.hpp"

namespace cmap::tools {
namespace {

std::string type_of_word(const std::string& word) {
  static const std::map<std::string, std::string> types{
      {"PC", "ConnectionPoolCreated"},    {"PR", "ConnectionPoolReady"},
      {"PX", "ConnectionPoolCleared"},    {"PZ", "ConnectionPoolClosed"},
      {"S", "ConnectionCheckOutStarted"}, {"F", "ConnectionCheckOutFailed"},
      {"C", "ConnectionCreated"},         {"R", "ConnectionReady"},
      {"O", "ConnectionCheckedOut"},      {"I", "ConnectionCheckedIn"},
      {"Z", "ConnectionClosed"}};
  return types.at(word.substr(0, word.front() == 'P' ? 2 : 1));
}

/// "Z1:stale", "O2@3": with counts of which 3 are in use.
std::string line_of_word(std::string word) {
  std::string line = R"({"type":")" + type_of_word(word) + R"(","address":"db")";
  if (const auto at = word.find('@'); at != std::string::npos) {
    line +=
        R"(,"counts":{"pending":0,"available":0,"waiting":0,"inUse":)" + word.substr(at + 1) + "}";
    word.resize(at);
  }
  const auto colon = word.find(':');
  const bool closes = word.front() == 'Z';
  if (colon != std::string::npos || closes) {
    line += R"(,"reason":")" +
            (colon == std::string::npos ? "poolClosed" : word.substr(colon + 1)) + '"';
  }
  const std::string id = word.substr(1, colon == std::string::npos ? colon : colon - 1);
  if (!id.empty() && word.front() != 'P') line += R"(,"connectionId":)" + id;
  return line + "}\n";
}

JudgedLog judged_words(const std::string& words, const JudgeRules& rules = {}) {
  std::string text;
  std::istringstream stream(words);
  for (std::string word; stream >> word;) text += line_of_word(word);
  return judge_log(read_event_log(text, "log"), rules, "log");
}

/// "clean", "clean, 3 unclear", "A-RDY-1 in line 12".
std::string verdict_on(const std::string& words, const JudgeRules& rules = {.complete = true}) {
  const JudgedLog log = judged_words(words, rules);
  if (!log.problems.empty()) return log.problems.front().text();
  for (const JudgedPool& pool : log.pools) {
    if (!pool.finding) continue;
    return pool.finding->violation.clause + " in line " + std::to_string(pool.finding->line);
  }
  const std::size_t unclear = log.unclear_events();
  return unclear == 0 ? "clean" : "clean, " + std::to_string(unclear) + " unclear";
}

const std::string used_pool = "PC PR S C1 R1 O1 ";
const std::string whole_pool = " PR S C1 R1 O1 I1 Z1 PZ";

TEST(JudgementOfPools, WhatWasUnderWayEndsAfterTheNextPoolWasCreated) {
  const std::string pending = "PC PR S C1 ";
  for (const std::string& log : {
           used_pool + "PZ PC I1 Z1" + whole_pool,
           used_pool + "PZ PC PR I1 S Z1 C1 R1 O1 I1 Z1 PZ",
           used_pool + "I1 PZ PC Z1" + whole_pool,                     // available
           used_pool + "PX Z1:stale PZ PC I1" + whole_pool,            // interrupted
           pending + "PZ PC Z1 F:poolClosed" + whole_pool,             // establishing
           pending + "Z1:error PZ PC F:connectionError" + whole_pool,  // the check-out alone
           pending + "R1 PZ PC O1 I1 Z1" + whole_pool,                 // handed out
           used_pool + "S PZ PC F:poolClosed PR I1 Z1 S C1 R1 O1 I1 Z1 PZ",
           used_pool + "S PZ PC PR S F:poolClosed I1 Z1 C1 R1 O1 I1 Z1 PZ",
       }) {
    EXPECT_EQ(verdict_on(log), "clean") << log;
  }
}

/// It is not known whose what follows is: that is not judged.
TEST(JudgementOfPools, WhatMayBeOfEitherPoolMakesBothUnclear) {
  EXPECT_EQ(verdict_on(used_pool + "PZ " + used_pool + "I1 Z1 I1 Z1 PZ"), "clean, 5 unclear");
  EXPECT_EQ(verdict_on(used_pool + "PZ " + used_pool + "I1 Z1 I1 Z1 PR PR PZ"), "clean, 7 unclear");
  // A check-out may have begun on the former pool, which refuses it.
  EXPECT_EQ(verdict_on(used_pool + "PZ PC PR I1 Z1 S F:poolClosed S C1 R1 O1 I1 Z1 PZ"),
            "clean, 8 unclear");
  // What was wrong before is wrong, and without a former pool there is no doubt.
  EXPECT_EQ(verdict_on(used_pool + "PZ PC PR PR S C1 R1 O1 I1 Z1 I1 Z1 PZ"), "A-RDY-1 in line 10");
  EXPECT_EQ(verdict_on("PC PR S F:poolClosed"), "A-CLS-1 in line 4");
}

TEST(JudgementOfPools, TheirEndIsNotJudgedThen) {
  const auto lacks = [](const std::string& words) {
    return judged_words(words, {.complete = true}).pools.back().not_judged;
  };
  const NotJudged end{"A-CLS-1", "clear end"};
  const auto unclear = lacks(used_pool + "PZ " + used_pool + "I1 Z1 I1 Z1 PZ");
  EXPECT_NE(std::ranges::find(unclear, end), unclear.end());
  const auto clear = lacks(used_pool + "PZ PC I1 Z1" + whole_pool);
  EXPECT_EQ(std::ranges::find(clear, end), clear.end());
}

/// Of both together it is known what is left to come: the third pool is not concerned.
TEST(JudgementOfPools, TwoThatAreUnclearLeaveTheThirdAlone) {
  const std::string two = used_pool + "PZ " + used_pool + "I1 PZ ";
  EXPECT_EQ(verdict_on(two + "PC Z1 I1 PR Z1 S C1 R1 O1 I1 Z1 PZ"), "clean, 5 unclear");
  EXPECT_EQ(verdict_on(two + "PC Z1 I1 PR Z1 S C1 R1 O1 I1 Z1 PR PZ"), "A-RDY-1 in line 27");
}

TEST(JudgementOfPools, WhatCanBeOfOneAloneIsJudged) {
  // The former has checked in, though it never says Closed.
  EXPECT_EQ(verdict_on(used_pool + "PZ I1 " + used_pool + "I1 C1", {}), "A-CON-2 in line 16");
  // The newest has none in use.
  EXPECT_EQ(verdict_on(used_pool + "PZ PC PR S C1 R1 I1 PR", {}), "A-RDY-1 in line 14");
  // It has ended: nobody has it any more.
  EXPECT_EQ(verdict_on(used_pool + "PZ PC I1 Z1 Z1"), "A-EV-3 in line 11");
}

TEST(JudgementOfPools, CountsTellThemApart) {
  const std::string one = "PC@0 PR@0 S@0 C1@1 R1@1 O1@1 ";
  const std::string two = one + "S@1 C2@2 R2@2 O2@2 ";
  const std::string three = two + "S@2 C3@3 R3@3 O3@3 ";
  // Two former ones in either order; then the newest is ready twice.
  const std::string of_one = "I1@1 Z1@0 PR@3";
  EXPECT_EQ(verdict_on(one + "PZ@1 " + two + "PZ@2 " + three + of_one, {}), "A-RDY-1 in line 35");
  EXPECT_EQ(verdict_on(two + "PZ@2 " + one + "PZ@1 " + three + of_one, {}), "A-RDY-1 in line 35");
  // These could be of the first or the second.
  EXPECT_EQ(verdict_on(one + "PZ@1 " + one + "PZ@1 " + three + "I1@1 Z1@0 I1@1 Z1@0", {}),
            "clean, 4 unclear");
}

}  // namespace
}  // namespace cmap::tools
