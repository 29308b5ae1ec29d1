// `--filter`: a regular expression over what scenarios are called.
#pragma once

#include <memory>
#include <optional>
#include <string>

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

 private:
  struct Pattern;

  Filter(std::string text, std::shared_ptr<const Pattern> pattern);

  std::string text_;
  std::shared_ptr<const Pattern> pattern_;
};

}  // namespace cmap::tools
