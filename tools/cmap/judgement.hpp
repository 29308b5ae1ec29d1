// Judges the event log of any driver: tells its pools apart, and gives each to the checkers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/checkers/violation.hpp"
#include "tools/cmap/event_lines.hpp"

namespace cmap::tools {

struct JudgeRules {
  /// Also the decisions R1 to R22; needs every field that `--events` writes.
  bool strict = false;
  /// The log ends when nothing goes on any more: nothing may be left over.
  bool complete = false;
};

struct Finding {
  sim::Violation violation;
  std::uint32_t line = 0;      ///< of the event that is wrong
  std::uint32_t shown_by = 0;  ///< of the event that makes it certain; may be the same
};

/// A clause that was left out, and for lack of what: "options", "durations", "--complete".
struct NotJudged {
  std::string clause;
  std::string lacks;
  auto operator<=>(const NotJudged&) const = default;
};

struct JudgedPool {
  std::string address;     ///< may be empty
  std::uint32_t line = 0;  ///< of its PoolCreated
  std::size_t events = 0;
  /// Of `events` the last ones, which were not judged: they, or one before them, may be of another
  /// pool of the address.
  std::size_t unclear_events = 0;
  /// The pool whose place it takes was not closed: were there two at a time, they are mixed up.
  bool follows_open_pool = false;
  std::optional<Finding> finding;  ///< the first
  std::vector<NotJudged> not_judged;
};

struct JudgedLog {
  std::vector<JudgedPool> pools;  ///< in the order of their PoolCreated
  std::vector<spec_tests::Problem> problems;

  [[nodiscard]] std::size_t events() const;
  [[nodiscard]] std::size_t unclear_events() const;
  [[nodiscard]] bool is_clean() const;
};

/// How many clauses there are to judge, all fields given.
std::size_t clause_count();

/// Each PoolCreated begins a new pool, which takes the place of a former one of the same address
/// (scenario, case, client, "pool"). What a former one had under way may end later. An event of
/// which pool nobody knows is a problem: a pool is judged from its creation on. With a problem
/// nothing is judged. `name` is for problems.
JudgedLog judge_log(const EventLog& log, const JudgeRules& rules, const std::string& name);

}  // namespace cmap::tools
