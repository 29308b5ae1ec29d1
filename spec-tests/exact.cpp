// endMS and trace, under x-cmap or in a file of spec-tests/exact/.
#include "spec-tests/exact.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "spec-tests/embedded.hpp"
#include "spec-tests/readers.hpp"

namespace cmap::spec_tests {
namespace {

/// Nothing if the line is spelled well. Only what no run could ever show is refused: a misspelt
/// event should be bad input, not a failure.
std::optional<std::string> fault_of_line(std::string_view text) {
  constexpr std::string_view form = "expected \"@<ms> <event> ...\"";
  const std::size_t space = text.find(' ');
  if (!text.starts_with('@') || space == std::string_view::npos) return std::string(form);
  const std::string_view time = text.substr(1, space - 1);
  double milliseconds = 0;
  const auto parsed = std::from_chars(time.data(), time.data() + time.size(), milliseconds);
  if (parsed.ec != std::errc() || parsed.ptr != time.data() + time.size() || milliseconds < 0) {
    return "the time " + in_quotes(time) + " is no number of milliseconds; " + std::string(form);
  }
  const std::string_view rest = text.substr(space + 1);
  const std::string_view event = rest.substr(0, rest.find(' '));
  if (event_type_from_name(event)) return std::nullopt;
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < event_type_count; ++i) {
    names.push_back(event_name(static_cast<EventType>(i)));
  }
  return "the event " + in_quotes(event) + " is unknown" + did_you_mean(event, names);
}

std::vector<TraceLine> read_trace(const Value& value, Problems& problems) {
  std::vector<TraceLine> lines;
  for (const Value& element : read_list(&value, "trace", problems)) {
    auto text = read_string(&element, "a line of the trace", problems);
    if (!text) continue;
    if (const auto fault = fault_of_line(*text)) problems.add(element.mark, *fault);
    lines.push_back({std::move(*text), element.mark});
  }
  return lines;
}

}  // namespace

std::string trace_line(const sim::TracedEvent& event) {
  return "@" + sim::milliseconds_text(event.time) + " " + sim::describe(event.event);
}

ExactExpectation read_exact(ObjectReader& keys, const std::string& path) {
  ExactExpectation exact{.file = path};
  if (const Value* end = keys.find("endMS")) {
    exact.end = read_milliseconds(end, "endMS", keys.problems(), Fraction::allowed);
    exact.end_mark = end->mark;
  }
  if (const Value* trace = keys.find("trace")) {
    exact.trace = read_trace(*trace, keys.problems());
    exact.trace_mark = trace->mark;
  }
  return exact;
}

ExactFileResult read_exact_file(std::string_view content, const std::string& path) {
  Document document = read_text(content, Syntax::yaml, path);
  if (!document.value) return {std::nullopt, std::move(document.problems)};
  Problems problems(path);
  ObjectReader keys(*document.value, "an exact expectation", problems);
  auto description = read_string(keys.need("description"), "description", problems);
  keys.need("endMS");
  keys.need("trace");
  ExactExpectation exact = read_exact(keys, path);
  keys.finish();
  if (!problems.empty() || !description) return {std::nullopt, problems.take()};
  return {ExactFile{std::move(*description), std::move(exact)}, {}};
}

std::optional<ExactExpectation> official_exact(std::string_view stem,
                                               std::string_view description) {
  for (const EmbeddedFile& embedded : embedded_exact()) {
    const std::string path(embedded.path);
    if (scenario_name(path) != stem) continue;
    auto result = read_exact_file(embedded.text, path);
    if (result.file && result.file->description == description)
      return std::move(result.file->exact);
  }
  return std::nullopt;
}

}  // namespace cmap::spec_tests
