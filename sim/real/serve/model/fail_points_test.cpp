// configureFailPoint: what is understood, what is refused, whom it strikes.
#include "sim/real/serve/model/fail_points.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/real/serve/model/model_harness.hpp"

namespace cmap::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using wire::Document;
using wire::DocumentBuilder;
using Mode = sim::FailPoint::Mode;

Document command(const Document& mode, const Document& data) {
  return DocumentBuilder()
      .string("configureFailPoint", "failCommand")
      .elements_of(mode)
      .document("data", data)
      .build();
}

Document text_mode(std::string_view mode) { return DocumentBuilder().string("mode", mode).build(); }

Document counted_mode(std::string_view kind, std::int32_t count) {
  return DocumentBuilder().document("mode", number_document(kind, count)).build();
}

Document commands(std::vector<std::string> names, const Document& more = {}) {
  return DocumentBuilder().array("failCommands", names).elements_of(more).build();
}

FailPoints in_force(const Document& mode, const Document& data) {
  FailPoints points;
  points.set(*parse_fail_point(command(mode, data)));
  return points;
}

std::string error_of(const Document& wrong) {
  const auto parsed = parse_fail_point(wrong);
  EXPECT_FALSE(parsed);
  return parsed ? "" : parsed.error();
}

TEST(FailPoints, AllThatTheSpecificationTestsUse) {
  const Document data =
      commands({"find", "isMaster"}, DocumentBuilder()
                                         .boolean("closeConnection", true)
                                         .boolean("blockConnection", true)
                                         .int32("blockTimeMS", 50)
                                         .int32("errorCode", 91)
                                         .array("errorLabels", std::vector<std::string>{"L"})
                                         .string("appName", "app")
                                         .build());
  const auto point = parse_fail_point(command(counted_mode("times", 3), data));
  ASSERT_TRUE(point) << point.error();
  EXPECT_EQ(point->mode, Mode::times);
  EXPECT_EQ(point->count, 3);
  EXPECT_THAT(point->fail_commands, ElementsAre("find", "isMaster"));
  EXPECT_TRUE(point->close_connection);
  EXPECT_TRUE(point->block_connection);
  EXPECT_EQ(point->block_time, std::chrono::milliseconds(50));
  EXPECT_EQ(point->error_code, 91);
  EXPECT_THAT(point->error_labels, ElementsAre("L"));
  EXPECT_EQ(point->app_name, "app");
}

TEST(FailPoints, Modes) {
  const auto mode_of = [](const Document& mode) {
    return parse_fail_point(command(mode, commands({"find"})))->mode;
  };
  EXPECT_EQ(mode_of(text_mode("off")), Mode::off);
  EXPECT_EQ(mode_of(text_mode("alwaysOn")), Mode::always_on);
  EXPECT_EQ(mode_of(counted_mode("skip", 2)), Mode::skip);
}

TEST(FailPoints, OffNeedsNoData) {
  const Document off =
      DocumentBuilder().string("configureFailPoint", "failCommand").string("mode", "off").build();
  EXPECT_TRUE(parse_fail_point(off));
}

TEST(FailPoints, WhatIsNotUnderstoodIsRefused) {
  const Document find = commands({"find"});
  EXPECT_THAT(error_of(command(text_mode("sometimes"), find)), HasSubstr("mode"));
  EXPECT_THAT(error_of(command(counted_mode("activationProbability", 1), find)), HasSubstr("mode"));
  EXPECT_THAT(error_of(command(counted_mode("times", -1), find)), HasSubstr("mode"));
  EXPECT_THAT(error_of(command(Document(), find)), HasSubstr("mode"));
  EXPECT_THAT(error_of(command(text_mode("alwaysOn"), number_document("writeConcernError", 1))),
              HasSubstr("writeConcernError"));
  EXPECT_THAT(error_of(command(text_mode("alwaysOn"), number_document("failCommands", 1))),
              HasSubstr("failCommands"));
  EXPECT_THAT(error_of(command(text_mode("alwaysOn"), number_document("blockTimeMS", -1))),
              HasSubstr("blockTimeMS"));
  EXPECT_THAT(
      error_of(
          DocumentBuilder().string("configureFailPoint", "other").string("mode", "off").build()),
      HasSubstr("other"));
}

TEST(FailPoints, ErrorsHaveTheirLabelsAndName) {
  const Document labelled =
      DocumentBuilder()
          .int32("errorCode", 91)
          .array("errorLabels", std::vector<std::string>{"RetryableWriteError", "Mine"})
          .build();
  FailPoints points = in_force(text_mode("alwaysOn"), commands({"find"}, labelled));
  const auto hit = points.strike("find", std::nullopt);
  ASSERT_TRUE(hit && hit->error);
  EXPECT_EQ(code_of(*hit->error), 91);
  EXPECT_EQ(hit->error->view().find_string("codeName"), "ShutdownInProgress");
  const auto labels = hit->error->view().find_array("errorLabels");
  ASSERT_TRUE(labels);
  std::vector<std::string> names;
  for (const auto& label : *labels) names.emplace_back(label.as_string().value_or(""));
  EXPECT_THAT(names, ElementsAre("RetryableWriteError", "Mine"));
}

TEST(FailPoints, CountsAndSkips) {
  FailPoints twice = in_force(counted_mode("times", 2), commands({"find"}));
  EXPECT_TRUE(twice.strike("find", std::nullopt));
  EXPECT_FALSE(twice.strike("ping", std::nullopt));
  EXPECT_TRUE(twice.strike("find", std::nullopt));
  EXPECT_FALSE(twice.strike("find", std::nullopt));
  EXPECT_EQ(twice.count(), 2);
  FailPoints later = in_force(counted_mode("skip", 1), commands({"find"}));
  EXPECT_FALSE(later.strike("find", std::nullopt));
  EXPECT_TRUE(later.strike("find", std::nullopt));
}

TEST(FailPoints, OnlyOneApplication) {
  const Document app = DocumentBuilder().string("appName", "a").build();
  FailPoints points = in_force(text_mode("alwaysOn"), commands({"find"}, app));
  EXPECT_FALSE(points.strike("find", std::nullopt));
  EXPECT_FALSE(points.strike("find", "b"));
  EXPECT_TRUE(points.strike("find", "a"));
}

TEST(FailPoints, BlocksOnlyWhenToldTo) {
  const Document time = number_document("blockTimeMS", 50);
  FailPoints points = in_force(text_mode("alwaysOn"), commands({"find"}, time));
  EXPECT_EQ(points.strike("find", std::nullopt)->block_time, Duration::zero());
}

}  // namespace
}  // namespace cmap::serve
