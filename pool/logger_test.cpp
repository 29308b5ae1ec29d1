// Which variables decide what is logged where, and what a line looks like.
#include "pool/logger.hpp"

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

namespace cmap {
namespace {

using Destination = LogSettings::Destination;

const LogSettings all_of_pools{.connection = LogLevel::debug};

LogSettings settings_from(const std::map<std::string, std::string>& variables) {
  return log_settings_from([&variables](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

LogLevel level_from(const std::map<std::string, std::string>& variables) {
  return settings_from(variables).connection;
}

Event event_of(EventBody body) {
  return Event{Address(), TimePoint{}, PoolCounts{}, std::move(body)};
}

std::string contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(LogSettings, OffByDefault) {
  const LogSettings settings = settings_from({});
  EXPECT_EQ(settings.connection, LogLevel::off);
  EXPECT_EQ(settings.destination, Destination::standard_error);
  EXPECT_TRUE(settings.warnings.empty());
}

TEST(LogSettings, EveryLevelInEitherCase) {
  const std::vector<std::pair<std::string, LogLevel>> levels = {
      {"off", LogLevel::off},       {"emergency", LogLevel::emergency},
      {"alert", LogLevel::alert},   {"critical", LogLevel::critical},
      {"error", LogLevel::error},   {"warn", LogLevel::warning},
      {"notice", LogLevel::notice}, {"info", LogLevel::informational},
      {"debug", LogLevel::debug},   {"trace", LogLevel::trace},
      {"DEBUG", LogLevel::debug},   {"Trace", LogLevel::trace},
  };
  for (const auto& [name, level] : levels) {
    EXPECT_EQ(level_from({{"MONGODB_LOG_CONNECTION", name}}), level) << name;
    EXPECT_EQ(level_from({{"MONGODB_LOG_ALL", name}}), level) << name;
  }
}

TEST(LogSettings, TheComponentsVariableWins) {
  EXPECT_EQ(level_from({{"MONGODB_LOG_ALL", "debug"}, {"MONGODB_LOG_CONNECTION", "error"}}),
            LogLevel::error);
  EXPECT_EQ(level_from({{"MONGODB_LOG_ALL", "debug"}, {"MONGODB_LOG_CONNECTION", "off"}}),
            LogLevel::off);
  EXPECT_EQ(level_from({{"MONGODB_LOG_ALL", "off"}, {"MONGODB_LOG_CONNECTION", "trace"}}),
            LogLevel::trace);
}

TEST(LogSettings, AnInvalidLevelCountsAsNotSet) {
  const LogSettings settings =
      settings_from({{"MONGODB_LOG_ALL", "debug"}, {"MONGODB_LOG_CONNECTION", "loud"}});
  EXPECT_EQ(settings.connection, LogLevel::debug);
  EXPECT_EQ(settings.warnings,
            std::vector<std::string>{"MONGODB_LOG_CONNECTION=loud is ignored: expected off, "
                                     "emergency, alert, critical, error, warn, notice, info, debug "
                                     "or trace"});
  EXPECT_EQ(level_from({{"MONGODB_LOG_ALL", ""}}), LogLevel::off);
  EXPECT_EQ(level_from({{"MONGODB_LOG_ALL", "7"}}), LogLevel::off);
  EXPECT_EQ(level_from({{"MONGODB_LOG_COMMAND", "debug"}}), LogLevel::off);
}

TEST(LogSettings, ALevelForWhereNoneIsSaid) {
  const auto level = [](std::optional<std::string> said) {
    const auto lookup = [&](std::string_view name) {
      return name == "MONGODB_LOG_CONNECTION" ? said : std::nullopt;
    };
    return log_settings_from(lookup, LogLevel::debug).connection;
  };
  EXPECT_EQ(level(std::nullopt), LogLevel::debug);
  EXPECT_EQ(level("loud"), LogLevel::debug);
  EXPECT_EQ(level("off"), LogLevel::off);
}

TEST(LogSettings, EachComponentHasItsVariable) {
  const LogSettings settings = settings_from({{"MONGODB_LOG_ALL", "error"},
                                              {"MONGODB_LOG_TOPOLOGY", "debug"},
                                              {"MONGODB_LOG_SERVER_SELECTION", "info"}});
  EXPECT_EQ(settings.level_of(LogComponent::connection), LogLevel::error);
  EXPECT_EQ(settings.level_of(LogComponent::topology), LogLevel::debug);
  EXPECT_EQ(settings.level_of(LogComponent::server_selection), LogLevel::informational);
}

TEST(LogSettings, LengthOfDocuments) {
  const auto from = [](const std::string& length) {
    return settings_from({{"MONGODB_LOG_MAX_DOCUMENT_LENGTH", length}});
  };
  EXPECT_EQ(settings_from({}).max_document_length, 1000U);
  EXPECT_EQ(from("5").max_document_length, 5U);
  EXPECT_TRUE(from("5").warnings.empty());
  for (const char* wrong : {"", "-1", "5k", "many"}) {
    EXPECT_EQ(from(wrong).max_document_length, 1000U) << wrong;
    EXPECT_EQ(from(wrong).warnings,
              std::vector<std::string>{"MONGODB_LOG_MAX_DOCUMENT_LENGTH=" + std::string(wrong) +
                                       " is ignored: expected a whole number"});
  }
}

TEST(LogSettings, Destinations) {
  const auto from = [](const std::string& path) {
    return settings_from({{"MONGODB_LOG_PATH", path}});
  };
  EXPECT_EQ(from("stdout").destination, Destination::standard_output);
  EXPECT_EQ(from("StdOut").destination, Destination::standard_output);
  EXPECT_EQ(from("STDERR").destination, Destination::standard_error);
  EXPECT_EQ(from("").destination, Destination::standard_error);
  EXPECT_EQ(from("").warnings.size(), 1U);
  EXPECT_EQ(from("/var/log/Pool.log").destination, Destination::file);
  EXPECT_EQ(from("/var/log/Pool.log").file, "/var/log/Pool.log");
}

TEST(LogLevel, AThresholdLetsMoreSevereLevelsPass) {
  EXPECT_TRUE(is_logged(LogLevel::debug, LogLevel::debug));
  EXPECT_TRUE(is_logged(LogLevel::debug, LogLevel::trace));
  EXPECT_TRUE(is_logged(LogLevel::emergency, LogLevel::error));
  EXPECT_FALSE(is_logged(LogLevel::debug, LogLevel::informational));
  EXPECT_FALSE(is_logged(LogLevel::emergency, LogLevel::off));
  EXPECT_FALSE(is_logged(LogLevel::off, LogLevel::trace));
}

TEST(LogListener, TurnsEventsIntoMessages) {
  std::vector<std::string> texts;
  const EventListener listener =
      make_log_listener({.max_pool_size = 100}, all_of_pools,
                        [&texts](const LogMessage& message) { texts.push_back(text_of(message)); });
  listener(event_of(ConnectionPoolCreatedEvent{}));
  listener(event_of(ConnectionCreatedEvent{ConnectionId{1}}));
  EXPECT_EQ(texts, (std::vector<std::string>{
                       "Connection pool created for localhost:27017 using options maxPoolSize=100",
                       "Connection created: address=localhost:27017, driver-generated ID=1"}));
}

TEST(LogListener, IsEmptyIfNothingIsLogged) {
  EXPECT_FALSE(make_log_sink({}));
  EXPECT_FALSE(make_log_sink({.connection = LogLevel::informational}));
  EXPECT_TRUE(make_log_sink({.connection = LogLevel::debug}));
  EXPECT_TRUE(make_log_sink({.topology = LogLevel::debug}));
  EXPECT_FALSE(make_log_sink({.topology = LogLevel::informational}));
  EXPECT_TRUE(make_log_sink({.server_selection = LogLevel::informational}));
  EXPECT_FALSE(make_log_sink({.server_selection = LogLevel::notice}));
  const LogSink sink = [](const LogMessage&) {};
  EXPECT_TRUE(make_log_listener({}, all_of_pools, sink));
  EXPECT_FALSE(make_log_listener({}, all_of_pools, LogSink()));
  EXPECT_FALSE(make_log_listener({}, {.topology = LogLevel::debug}, sink));
}

TEST(StreamSink, WritesALinePerMessage) {
  std::ostringstream stream;
  const EventListener listener = make_log_listener({}, all_of_pools, stream_sink(stream));
  listener(event_of(ConnectionPoolReadyEvent{}));
  listener(event_of(ConnectionPoolClosedEvent{}));
  EXPECT_EQ(stream.str(),
            "[debug] connection: Connection pool ready for localhost:27017\n"
            "[debug] connection: Connection pool closed for localhost:27017\n");
}

TEST(StreamSink, AServersTextCannotFakeALine) {
  std::ostringstream stream;
  const auto error = std::make_shared<const Error>(
      Error{.type = ErrorType::command, .message = "no\n[debug] connection: \x1B[31mfaked"});
  make_log_listener({}, all_of_pools, stream_sink(stream))(
      event_of(ConnectionClosedEvent{ConnectionId{1}, ConnectionClosedReason::error, error}));
  EXPECT_EQ(
      stream.str(),
      "[debug] connection: Connection closed: address=localhost:27017, driver-generated ID=1. "
      "Reason: An error occurred while using the connection. Error: CommandError: no [debug] "
      "connection:  [31mfaked\n");
}

TEST(StreamSink, LinesOfSeveralThreadsDoNotMix) {
  std::ostringstream stream;
  const EventListener listener = make_log_listener({}, all_of_pools, stream_sink(stream));
  const auto log_often = [&listener] {
    for (int i = 0; i < 200; ++i) listener(event_of(ConnectionPoolReadyEvent{}));
  };
  std::thread first(log_often);
  std::thread second(log_often);
  first.join();
  second.join();
  std::istringstream lines(stream.str());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    ASSERT_EQ(line, "[debug] connection: Connection pool ready for localhost:27017");
  }
  EXPECT_EQ(count, 400);
}

TEST(FileSink, AppendsToWhatIsThere) {
  const std::string path = testing::TempDir() + "cmap-logger-test.log";
  std::ofstream(path) << "before\n";
  const LogSettings settings{
      .connection = LogLevel::debug, .destination = Destination::file, .file = path};
  make_log_listener({}, settings, make_log_sink(settings))(event_of(ConnectionPoolReadyEvent{}));
  EXPECT_EQ(contents(path),
            "before\n[debug] connection: Connection pool ready for localhost:27017\n");
  std::remove(path.c_str());
}

TEST(FileSink, FallsBackToStandardError) {
  const LogSettings settings{.connection = LogLevel::debug,
                             .destination = Destination::file,
                             .file = "/nonexistent/folder/pool.log"};
  testing::internal::CaptureStderr();
  make_log_listener({}, settings, make_log_sink(settings))(event_of(ConnectionPoolReadyEvent{}));
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "[debug] connection: Connection pool ready for localhost:27017\n");
}

TEST(FileSink, StandardOutput) {
  const LogSettings settings{.connection = LogLevel::trace,
                             .destination = Destination::standard_output};
  testing::internal::CaptureStdout();
  make_log_listener({}, settings, make_log_sink(settings))(event_of(ConnectionPoolReadyEvent{}));
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "[debug] connection: Connection pool ready for localhost:27017\n");
}

}  // namespace
}  // namespace cmap
