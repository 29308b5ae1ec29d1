// What a checker finds: a clause that an event breaks.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cmap::sim {

struct Violation {
  std::string clause;    ///< number in requirements.md, e.g. "A-POOL-4"
  std::string sentence;  ///< what the clause demands
  std::string message;   ///< what happened: the event, ids, counts
};

/// A demand of the requirements, as a constant beside the code that checks it.
struct Rule {
  std::string_view clause;
  std::string_view sentence;
};

/// Rules that were put to the test: something was there that could have broken them.
class ExercisedRules {
 public:
  void note(const Rule& rule) {
    if (!contains(rule)) rules_.push_back(&rule);
  }
  [[nodiscard]] bool contains(const Rule& rule) const {
    return std::find(rules_.begin(), rules_.end(), &rule) != rules_.end();
  }

 private:
  std::vector<const Rule*> rules_;  ///< each once
};

/// Keeps the first violation; texts are composed only for that one.
class Report {
 public:
  /// `detail()` says what is wrong, as a std::string. Returns `holds`. Asked only where the rule
  /// could be broken: a demand that cannot fail would count as exercised.
  template <typename Detail>
  bool demand(bool holds, const Rule& rule, const Detail& detail) {
    if (exercised_) exercised_->note(rule);
    if (!holds && !violation_) fail(rule, detail());
    return holds;
  }

  [[nodiscard]] bool failed() const { return violation_.has_value(); }
  [[nodiscard]] const std::optional<Violation>& violation() const { return violation_; }
  /// From now on each demand is noted there, which must outlive this.
  void note_exercised(ExercisedRules& exercised) { exercised_ = &exercised; }
  /// Puts where it happened in front of the message.
  void locate(std::string_view place) { violation_->message.insert(0, place); }

 private:
  void fail(const Rule& rule, std::string detail) {
    violation_ = Violation{std::string(rule.clause), std::string(rule.sentence), std::move(detail)};
  }

  std::optional<Violation> violation_;
  ExercisedRules* exercised_ = nullptr;
};

}  // namespace cmap::sim
