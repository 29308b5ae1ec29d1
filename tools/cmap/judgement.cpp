// The specification first; our own decisions only if it has nothing against the pool.
#include "tools/cmap/judgement.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <string_view>
#include <utility>

#include "sim/checkers/event_checkers.hpp"
#include "sim/checkers/pool_owner.hpp"
#include "sim/checkers/specification_checkers.hpp"

namespace cmap::tools {
namespace {

using spec_tests::Problem;
using spec_tests::Problems;
using Needs = sim::JudgedClause::Needs;

/// The events of one pool. The first is its PoolCreated.
struct PoolEvents : sim::OwnedEvents {
  std::vector<const LoggedEvent*> events{};
  bool follows_open_pool = false;
  std::size_t not_judged = 0;  ///< events since it is unclear whose they are
};

/// Adds to the pools of a log, in the order of their creation.
class PoolsOfLog {
 public:
  /// False: it is of no pool that there is.
  bool add(const LoggedEvent& event) {
    std::list<PoolEvents>& pools = pools_[event.pool];
    if (event.event.type() == EventType::pool_created) {
      const bool is_open = !pools.empty() && !pools.back().is_closed;
      pools.emplace_back().follows_open_pool = is_open;
      in_order_.push_back(&pools.back());
    }
    PoolEvents* const pool = sim::owner_in(pools, event.event, event.told.counts);
    if (!pool) return false;
    pool->note(event.event);
    if (pool->is_unclear) {
      ++pool->not_judged;
    } else {
      pool->events.push_back(&event);
    }
    return true;
  }

  [[nodiscard]] const std::vector<const PoolEvents*>& in_order() const { return in_order_; }

 private:
  std::map<std::string_view, std::list<PoolEvents>> pools_;
  std::vector<const PoolEvents*> in_order_;
};

PoolsOfLog pools_of(const EventLog& log, Problems& problems) {
  PoolsOfLog pools;
  for (const LoggedEvent& event : log.events) {
    if (pools.add(event)) continue;
    problems.add({event.line, 1}, std::string(event_name(event.event.type())) +
                                      " of a pool without ConnectionPoolCreated" +
                                      (event.address.empty() ? "" : " (" + event.address + ")") +
                                      "; expected the log of a pool from its creation on");
  }
  return pools;
}

bool ends_check_out(EventType type) {
  return type == EventType::checked_out || type == EventType::check_out_failed;
}

bool has_duration(EventType type) {
  return ends_check_out(type) || type == EventType::connection_ready;
}

/// What the decisions need and this event does not tell; empty: nothing.
std::string_view missing_for_decisions(const LoggedEvent& event) {
  const EventType type = event.event.type();
  const bool of_check_out = ends_check_out(type) || type == EventType::check_out_started;
  const ToldFields& told = event.told;
  if (!told.time) return "timeMS";
  if (!told.counts) return "counts";
  if (type == EventType::pool_created && !told.options) return "options";
  if (has_duration(type) && !told.duration) return "durationMS";
  if (of_check_out && !told.check_out) return "checkOutId";
  if (type == EventType::check_out_failed && !told.error) return "error";
  return {};
}

void require_all_fields(const EventLog& log, Problems& problems) {
  for (const LoggedEvent& event : log.events) {
    const std::string_view missing = missing_for_decisions(event);
    if (missing.empty()) continue;
    problems.add({event.line, 1}, std::string(event_name(event.event.type())) +
                                      " lacks the key \"" + std::string(missing) +
                                      "\"; --strict expects all that cmap replay --events writes");
    return;
  }
}

/// One pool before its judges.
class PoolOnTrial {
 public:
  explicit PoolOnTrial(const PoolEvents& pool) : pool_(pool), events_(pool.events) {
    const auto& created = *std::get_if<ConnectionPoolCreatedEvent>(&events_.front()->event.body);
    if (created.options) told_.options = *created.options;
    for (const LoggedEvent* event : events_) {
      const auto* cleared = std::get_if<ConnectionPoolClearedEvent>(&event->event.body);
      told_.load_balanced = told_.load_balanced || (cleared && cleared->service_id);
      tells_durations_ = tells_durations_ || event->told.duration;
      has_durations_ = has_durations_ || has_duration(event->event.type());
    }
  }

  [[nodiscard]] JudgedPool judged(const JudgeRules& rules) const {
    const LoggedEvent& created = *events_.front();
    JudgedPool pool{.address = created.address,
                    .line = created.line,
                    .events = events_.size() + pool_.not_judged,
                    .unclear_events = pool_.not_judged,
                    .follows_open_pool = pool_.follows_open_pool};
    const bool is_complete = rules.complete && !pool_.is_unclear;
    pool.finding = by_specification(is_complete);
    if (!pool.finding && rules.strict) pool.finding = by_decisions(is_complete);
    for (const sim::JudgedClause& clause : sim::judged_clauses()) {
      if (const auto lacks = lacks_for(clause.needs, rules); !lacks.empty()) {
        pool.not_judged.push_back({std::string(clause.clause), std::string(lacks)});
      }
    }
    return pool;
  }

 private:
  [[nodiscard]] std::optional<Finding> by_specification(bool complete) const {
    sim::SpecificationCheckers checkers(told_);
    const LoggedEvent* last = nullptr;
    for (const LoggedEvent* event : events_) {
      if (checkers.violation()) break;
      checkers.observe(event->event);
      last = event;
    }
    if (complete) checkers.finish_complete();
    if (!checkers.violation()) return std::nullopt;
    const LoggedEvent& wrong = *events_[static_cast<std::size_t>(checkers.wrong_event() - 1)];
    return Finding{*checkers.violation(), wrong.line, last->line};
  }

  [[nodiscard]] std::optional<Finding> by_decisions(bool complete) const {
    PoolOptions options = told_.options.value_or(PoolOptions{});
    options.load_balanced = told_.load_balanced;
    sim::EventCheckers checkers(options);
    const LoggedEvent* last = nullptr;
    for (const LoggedEvent* event : events_) {
      if (checkers.violation()) break;
      checkers.observe(event->event);
      last = event;
    }
    if (complete) checkers.finish_quiescent();
    if (!checkers.violation()) return std::nullopt;
    return Finding{*checkers.violation(), last->line, last->line};
  }

  [[nodiscard]] std::string_view lacks_for(Needs needs, const JudgeRules& rules) const {
    switch (needs) {
      case Needs::nothing:
        return {};
      case Needs::options:
        return told_.options ? "" : "options";
      case Needs::durations:
        return tells_durations_ || !has_durations_ ? "" : "durations";
      case Needs::end:
        break;
    }
    if (!rules.complete && !rules.strict) return "--complete";
    return pool_.is_unclear ? "clear end" : "";
  }

  const PoolEvents& pool_;
  const std::vector<const LoggedEvent*>& events_;
  sim::ToldOfPool told_;
  bool has_durations_ = false;  ///< events that could tell one
  bool tells_durations_ = false;
};

}  // namespace

std::size_t JudgedLog::events() const {
  std::size_t sum = 0;
  for (const JudgedPool& pool : pools) sum += pool.events;
  return sum;
}

std::size_t JudgedLog::unclear_events() const {
  std::size_t sum = 0;
  for (const JudgedPool& pool : pools) sum += pool.unclear_events;
  return sum;
}

bool JudgedLog::is_clean() const {
  return problems.empty() && std::ranges::none_of(pools, [](const JudgedPool& pool) {
           return pool.finding.has_value();
         });
}

std::size_t clause_count() { return sim::judged_clauses().size(); }

JudgedLog judge_log(const EventLog& log, const JudgeRules& rules, const std::string& name) {
  JudgedLog judged{.pools = {}, .problems = log.problems};
  if (!judged.problems.empty()) return judged;
  Problems problems(name);
  const auto pools = pools_of(log, problems);
  if (log.events.empty()) problems.add({}, "no event of a pool; expected one JSON object a line");
  if (rules.strict) require_all_fields(log, problems);
  if (!problems.empty()) {
    judged.problems = problems.take();
    return judged;
  }
  for (const PoolEvents* events : pools.in_order()) {
    judged.pools.push_back(PoolOnTrial(*events).judged(rules));
  }
  return judged;
}

}  // namespace cmap::tools
