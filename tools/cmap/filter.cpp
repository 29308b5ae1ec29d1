// The only file with <regex>.
#include "tools/cmap/filter.hpp"

// With sanitizers g++ 12 sees uninitialised values in the library's matcher (GCC bug 105562).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <algorithm>
#include <regex>
#include <utility>

namespace cmap::tools {

struct Filter::Pattern {
  std::regex regex;
};

Filter::Filter(std::string text, std::shared_ptr<const Pattern> pattern)
    : text_(std::move(text)), pattern_(std::move(pattern)) {}

std::optional<Filter> Filter::from_text(const std::string& text) {
  try {
    return Filter(text, std::make_shared<const Pattern>(Pattern{std::regex(text)}));
  } catch (const std::regex_error&) {
    return std::nullopt;
  }
}

bool Filter::found_in(const std::string& text) const {
  // The library's matcher recurses with every character: no file may exhaust the stack.
  constexpr std::size_t searched = 1'000;
  const char* const begin = text.data();
  return std::regex_search(begin, begin + std::min(text.size(), searched), pattern_->regex);
}

bool Filter::matches(const spec_tests::ScenarioFile& file) const {
  return found_in(file.scenario.name) || found_in(file.description) ||
         std::ranges::any_of(file.requirements,
                             [this](const std::string& text) { return found_in(text); });
}

bool Filter::matches(const spec_tests::Case& test) const {
  return found_in(test.name) || found_in(test.description);
}

}  // namespace cmap::tools
