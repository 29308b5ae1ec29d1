// `--trace`: a valid file, with names for every lane, slices and counters.
#include "tools/cmap/trace_output.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "tools/cmap/played_harness.hpp"
#include "tools/cmap/program_harness.hpp"

namespace cmap::tools {
namespace {

using spec_tests::Value;

constexpr std::string_view traced_scenario = R"(version: 1
style: unit
description: for a trace
poolOptions: {maxPoolSize: 1}
operations:
  - {name: ready}
  - {name: checkOut, label: mine}
  - {name: start, target: thread1}
  - {name: checkOut, thread: thread1}
  - {name: wait, ms: 30}
  - {name: checkIn, connection: mine}
  - {name: waitForThread, target: thread1}
events: []
ignore: [ConnectionPoolCreated, ConnectionPoolReady, ConnectionCreated, ConnectionReady,
         ConnectionCheckOutStarted, ConnectionCheckedOut, ConnectionCheckedIn]
)";

/// Of the runs, as it is in the file.
Value::Array entries_of(const std::vector<const PlayedText*>& runs) {
  const TemporaryFolder folder;
  const auto output = Output::create_file(folder.path() / "trace");
  TraceOutput trace(*output);
  for (const PlayedText* run : runs) trace.add(run->played());
  trace.finish();
  output->close();
  const Value file = parsed(folder.read("trace"));
  return *file.find("traceEvents")->array();
}

/// "process/lane/slice ts+dur" of all slices.
std::multiset<std::string> slices(const Value::Array& entries) {
  std::map<std::string, std::string> names;
  std::multiset<std::string> result;
  for (const Value& entry : entries) {
    const std::string lane = member(entry, "pid") + '/' + member(entry, "tid");
    if (text_member(entry, "name") == "thread_name") {
      names[lane] = member(entry, "pid") + '/' + text_member(*entry.find("args"), "name");
    } else if (text_member(entry, "ph") == "X") {
      result.insert(names[lane] + '/' + text_member(entry, "name") + ' ' + member(entry, "ts") +
                    '+' + member(entry, "dur"));
    }
  }
  return result;
}

TEST(TraceOutput, IsValidWithoutARun) { EXPECT_TRUE(entries_of({}).empty()); }

TEST(TraceOutput, HasAProcessForEachScenario) {
  const PlayedText first(passing_scenario);
  const PlayedText second(failing_scenario, {}, "other.yml");
  std::map<std::string, std::string> processes;
  for (const Value& entry : entries_of({&first, &second})) {
    if (text_member(entry, "name") == "process_name") {
      processes[member(entry, "pid")] = text_member(*entry.find("args"), "name");
    }
  }
  EXPECT_EQ(processes,
            (std::map<std::string, std::string>{{"1", "example"}, {"2", "other (fail)"}}));
}

TEST(TraceOutput, HasSlicesInNamedLanes) {
  const PlayedText run(traced_scenario);
  EXPECT_EQ(slices(entries_of({&run})),
            (std::multiset<std::string>{
                "1/pool/paused 0+0", "1/pool/ready 0+30000", "1/main/waiting 0+0",
                "1/main/holding 0+30000", "1/thread1/waiting 0+30000", "1/thread1/holding 30000+0",
                "1/connection 1/pending 0+0", "1/connection 1/in use 0+30000",
                "1/connection 1/in use 30000+0"}));
}

TEST(TraceOutput, CountsConnectionsAndWaiters) {
  const PlayedText run(traced_scenario);
  std::int64_t most_waiting = 0;
  std::int64_t most_in_use = 0;
  std::int64_t most_pending = 0;
  for (const Value& entry : entries_of({&run})) {
    if (text_member(entry, "ph") != "C") continue;
    const Value& counts = *entry.find("args");
    if (text_member(entry, "name") == "wait queue") {
      most_waiting = std::max(most_waiting, *counts.find("waiting")->integer());
    } else {
      EXPECT_EQ(text_member(entry, "name"), "connections");
      most_in_use = std::max(most_in_use, *counts.find("in use")->integer());
      most_pending = std::max(most_pending, *counts.find("pending")->integer());
    }
  }
  EXPECT_EQ(most_waiting, 1);
  EXPECT_EQ(most_in_use, 1);
  EXPECT_EQ(most_pending, 1);
}

TEST(TraceOutput, EveryEntryHasWhatItsKindNeeds) {
  const PlayedText run(traced_scenario);
  for (const Value& entry : entries_of({&run})) {
    const std::string kind = text_member(entry, "ph");
    EXPECT_NE(entry.find("pid"), nullptr);
    EXPECT_FALSE(text_member(entry, "name").empty());
    EXPECT_EQ(entry.find("ts") == nullptr, kind == "M");
    EXPECT_EQ(entry.find("dur") != nullptr, kind == "X");
    EXPECT_TRUE(entry.find("tid") || (kind != "X" && kind != "i"));
    EXPECT_TRUE(kind == "M" || kind == "X" || kind == "i" || kind == "C") << kind;
  }
}

}  // namespace
}  // namespace cmap::tools
