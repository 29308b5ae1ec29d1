// Texts for problems: one printable line each, however strange the file.
#include "spec-tests/problem.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cmap::spec_tests {
namespace {

constexpr std::size_t longest_quote = 60;
constexpr std::size_t longest_word = 64;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Levenshtein distance, letters of either case alike; both words are short.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::size_t, longest_word + 1> row{};
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string Problem::text() const {
  const std::string name = file.empty() ? in_quotes(file) : printable(file);
  return name + ':' + std::to_string(mark.line) + ':' + std::to_string(mark.column) + ": " +
         printable(message);
}

void Problems::add(Mark mark, std::string message) {
  if (problems_.size() == limit) {
    ++left_out_;
    return;
  }
  problems_.push_back({file_, mark, std::move(message)});
}

std::vector<Problem> Problems::take() {
  std::ranges::stable_sort(problems_, {}, [](const Problem& problem) {
    return std::pair(problem.mark.line, problem.mark.column);
  });
  if (left_out_ > 0) {
    problems_.push_back({file_, problems_.back().mark,
                         "and " + std::to_string(std::exchange(left_out_, 0)) + " more problems"});
  }
  return std::exchange(problems_, {});
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  if (word.empty() || word.size() > longest_word) return {};
  std::string_view best;
  // Two for a swap of neighbours; short words are close to everything.
  std::size_t best_distance = (word.size() > 3 ? std::max<std::size_t>(2, word.size() / 3) : 1) + 1;
  for (const std::string_view candidate : known) {
    if (candidate.size() > longest_word) continue;
    const std::size_t candidate_distance = distance(word, candidate);
    if (candidate_distance >= best_distance) continue;
    best = candidate;
    best_distance = candidate_distance;
  }
  return best.empty() ? std::string() : ", did you mean " + in_quotes(best) + "?";
}

std::string one_of(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += in_quotes(words[i]);
  }
  return text;
}

std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (!is_control(c)) {
      result += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    result += "\\x";
    result += digits[byte >> 4U];
    result += digits[byte & 0xFU];
  }
  return result;
}

std::string shortened(std::string_view text, std::size_t size) {
  if (text.size() <= size) return std::string(text);
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return std::string(text.substr(0, size)) + "...";
}

std::string in_quotes(std::string_view text) {
  return '"' + printable(shortened(text, longest_quote)) + '"';
}

}  // namespace cmap::spec_tests
