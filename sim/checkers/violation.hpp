// What a checker finds: a clause that an event breaks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

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

/// Keeps the first violation; texts are composed only for that one.
class Report {
 public:
  /// `detail()` says what is wrong, as a std::string. Returns `holds`.
  template <typename Detail>
  bool demand(bool holds, const Rule& rule, const Detail& detail) {
    if (!holds && !violation_) fail(rule, detail());
    return holds;
  }

  [[nodiscard]] bool failed() const { return violation_.has_value(); }
  [[nodiscard]] const std::optional<Violation>& violation() const { return violation_; }
  /// Puts where it happened in front of the message.
  void locate(std::string_view place) { violation_->message.insert(0, place); }

 private:
  void fail(const Rule& rule, std::string detail) {
    violation_ = Violation{std::string(rule.clause), std::string(rule.sentence), std::move(detail)};
  }

  std::optional<Violation> violation_;
};

}  // namespace cmap::sim
