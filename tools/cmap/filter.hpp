// `--filter`: a regular expression over what scenarios are called.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "spec-tests/case.hpp"
#include "spec-tests/scenario_file.hpp"

namespace cmap::tools {

class Filter {
 public:
  /// ECMAScript; nothing if `text` is no regular expression.
  static std::optional<Filter> from_text(const std::string& text);

  /// As the user wrote it.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Whether the name, the description or a requirement of the scenario contains a match, within
  /// the first 1000 bytes.
  [[nodiscard]] bool matches(const spec_tests::ScenarioFile& file) const;
  /// The same of the name or the description of a case.
  [[nodiscard]] bool matches(const spec_tests::Case& test) const;

 private:
  struct Pattern;

  [[nodiscard]] bool found_in(const std::string& text) const;

  Filter(std::string text, std::shared_ptr<const Pattern> pattern);

  std::string text_;
  std::shared_ptr<const Pattern> pattern_;
};

}  // namespace cmap::tools
