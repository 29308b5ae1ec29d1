// Compares what a file of server discovery expects with what is known, and says where they differ.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec-tests/document.hpp"
#include "spec-tests/problem.hpp"

namespace cmap::spec_tests {

class SdamComparison {
 public:
  /// `where`: "phase 2".
  SdamComparison(std::string file, std::string where);

  /// All keys but `events`. Servers must be the same ones; of each, what the file names is
  /// compared. An expected error is a part of the actual one.
  void compare_outcome(const Value& expected, const Value& actual);
  /// The same events in the same order. 42 stands for anything.
  void compare_events(const Value& expected, const Value& actual);

  /// Each at the place of the expectation.
  [[nodiscard]] std::vector<Problem> differences() const { return differences_; }

 private:
  void compare(const Value& expected, const Value* actual, const std::string& path);
  void compare_objects(const Value& expected, const Value& actual, const std::string& path);
  void compare_lists(const Value& expected, const Value& actual, const std::string& path);
  void compare_servers(const Value& expected, const Value& actual);
  void differ(const Value& expected, const Value* actual, const std::string& path);
  void add(Mark mark, const std::string& message);

  std::string file_;
  std::string where_;
  std::vector<Problem> differences_;
};

}  // namespace cmap::spec_tests
