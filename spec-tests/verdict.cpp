// One check after the other; the first that fails makes the verdict.
#include "spec-tests/verdict.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "spec-tests/clauses.hpp"
#include "spec-tests/match.hpp"

namespace cmap::spec_tests {
namespace {

using What = Verdict::What;
using MaybeVerdict = std::optional<Verdict>;

/// A text without its quotation marks, where none can be mistaken for something else.
std::string bare(const std::string& text) {
  if (text.size() < 2 || text.front() != '"') return text;
  return text.substr(1, text.size() - 2);
}

/// "ConnectionClosed connectionId=1 reason=stale": like sim::describe, the address left out.
std::string expected_line(const Value& event) {
  std::string text;
  for (const Member& member : *event.object()) {
    if (member.key == "type") text = *member.value.text() + text;
    if (member.key != "type" && member.key != "address") {
      text += ' ' + member.key + '=' + bare(to_text(member.value));
    }
  }
  return text;
}

std::string text_of(const ErrorPtr& error) {
  return error ? to_text(error_value(*error)) : "no error";
}

/// A time was up: of a caller, of the queue, of the network.
bool is_timeout(const ErrorPtr& error) {
  if (!error) return false;
  return error->type == ErrorType::wait_queue_timeout ||
         error->type == ErrorType::deadline_exceeded || error->fault == NetworkFault::timeout;
}

bool is_timeout(const Value* expected) {
  const Value* type = expected ? expected->find("type") : nullptr;
  return type && type->text() &&
         (*type->text() == type_name(ErrorType::wait_queue_timeout) ||
          *type->text() == type_name(ErrorType::deadline_exceeded));
}

const Value* pointer_to(const std::optional<Value>& value) { return value ? &*value : nullptr; }

class Judge {
 public:
  Judge(const ScenarioFile& file, const sim::Trace& trace, const JudgeOptions& options)
      : file_(file), trace_(trace), options_(options) {
    for (const sim::TracedEvent& event : trace.events) {
      if (!file.ignores(event.event.type())) events_.push_back(&event);
    }
  }

  Verdict judge() const {
    if (auto verdict = run_failure()) return *verdict;
    if (auto verdict = main_error()) return *verdict;
    if (auto verdict = own_list()) return *verdict;
    if (options_.extensions) {
      if (auto verdict = operation_errors()) return *verdict;
      if (auto verdict = thread_errors()) return *verdict;
    }
    if (options_.exact && file_.exact) {
      if (auto verdict = exact_trace()) return *verdict;
      if (auto verdict = end_time()) return *verdict;
    }
    return {};
  }

  bool real_time_can_be_why() const {
    using Kind = sim::RunFailure::Kind;
    if (trace_.failure && trace_.failure->kind != Kind::event_timeout) return false;
    if (!excused(main_error(), pointer_to(file_.error), error_of(sim::main_actor))) return false;
    if (!options_.extensions) return true;
    for (const OperationExpectation& expectation : file_.operation_errors) {
      const ErrorPtr error = error_of_operation(expectation.operation);
      if (!excused(operation_error(expectation), &expectation.error, error)) return false;
    }
    for (const ThreadExpectation& expectation : file_.thread_ends) {
      const ErrorPtr error = error_of(expectation.actor);
      if (!excused(thread_error(expectation), pointer_to(expectation.error), error)) return false;
    }
    return true;
  }

 private:
  /// Whether nothing is wrong with this error that too much time does not explain. In a run that
  /// broke off not everything was reached.
  bool excused(const MaybeVerdict& wrong, const Value* expected, const ErrorPtr& actual) const {
    if (!wrong || is_timeout(expected) || is_timeout(actual)) return true;
    return trace_.failure && !actual;
  }

  Verdict failed(What what, Mark mark, std::string message) const {
    return {.what = what, .file = file_.path, .mark = mark, .message = std::move(message)};
  }

  /// An own scenario says itself which requirement it is about.
  std::string clause(std::string otherwise) const {
    std::string text;
    for (const std::string& requirement : file_.requirements) {
      text += (text.empty() ? "" : ", ") + requirement;
    }
    return text.empty() ? otherwise : text;
  }

  MaybeVerdict run_failure() const {
    if (!trace_.failure) return std::nullopt;
    const sim::RunFailure& failure = *trace_.failure;
    Verdict verdict = failed(What::run_failure, {std::max(failure.line, 1U), 1}, failure.message);
    // An oracle knows better than the file what is broken.
    verdict.clause = failure.clause.empty() ? clause(clause_of(failure.kind)) : failure.clause;
    show_own_list(verdict, first_difference());
    return verdict;
  }

  static std::string clause_of(sim::RunFailure::Kind kind) {
    switch (kind) {
      case sim::RunFailure::Kind::event_timeout:
      case sim::RunFailure::Kind::deadlock:
      case sim::RunFailure::Kind::end_of_time:
        return "R14";
      case sim::RunFailure::Kind::livelock:
        return "R8";
      case sim::RunFailure::Kind::misuse:
        return "R3";
      case sim::RunFailure::Kind::peer:
        return {};
      case sim::RunFailure::Kind::wrong_state:
      case sim::RunFailure::Kind::checker:
        return "G";
    }
    return {};
  }

  // ---- the error of the main thread

  MaybeVerdict main_error() const {
    const ErrorPtr error = error_of(sim::main_actor);
    if (!file_.error) {
      if (!error) return std::nullopt;
      Verdict verdict = failed(What::main_error, mark_of_failed_operation(),
                               "the main thread ended with an error that is not expected: " +
                                   std::string(type_name(error->type)) + ", " + error->message);
      verdict.expected = "no error";
      verdict.actual = text_of(error);
      verdict.clause = clause("R3");
      show_own_list(verdict, first_difference());
      return verdict;
    }
    return wrong_error(What::main_error, "the main thread", *file_.error, error);
  }

  /// With the expected message, if that is what its own begins with.
  [[nodiscard]] ErrorPtr without_details(const ErrorPtr& error, const Value& expected) const {
    const Value* message = expected.find("message");
    if (!options_.messages_go_on || !error || !message || !message->text() ||
        !error->message.starts_with(*message->text())) {
      return error;
    }
    Error shorter = *error;
    shorter.message = *message->text();
    return std::make_shared<const Error>(std::move(shorter));
  }

  MaybeVerdict wrong_error(What what, const std::string& who, const Value& expected,
                           const ErrorPtr& error) const {
    const auto mismatch = match_error(expected, error_value(without_details(error, expected)));
    if (!mismatch) return std::nullopt;
    std::string message = who + " ended without an error, expected " + to_text(expected);
    if (error) {
      message = who + " ended with " + std::string(type_name(error->type)) + ": its " +
                mismatch->path + " is " + mismatch->actual + ", expected " + mismatch->expected;
    }
    Verdict verdict = failed(what, mismatch->mark, std::move(message));
    verdict.expected = to_text(expected);
    verdict.actual = text_of(error);
    const Value* type = expected.find("type");
    const bool known = type != nullptr && type->text() != nullptr;
    verdict.clause = clause(clause_of_error(known ? *type->text() : std::string()));
    show_own_list(verdict, first_difference());
    return verdict;
  }

  ErrorPtr error_of(sim::ActorIndex actor) const {
    return actor < trace_.actor_errors.size() ? trace_.actor_errors[actor] : nullptr;
  }

  ErrorPtr error_of_operation(std::size_t index) const {
    return index < trace_.operation_errors.size() ? trace_.operation_errors[index] : nullptr;
  }

  Mark mark_of_failed_operation() const {
    const auto& operations = file_.scenario.operations;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const bool ended_main = operations[i].actor == sim::main_actor &&
                              !operations[i].error_expected && error_of_operation(i) != nullptr;
      if (ended_main) return {std::max(operations[i].line, 1U), 1};
    }
    return {};
  }

  // ---- the file's own list

  MaybeVerdict own_list() const {
    if (file_.events.empty()) return std::nullopt;
    const std::size_t at = first_difference();
    if (at == file_.events.size()) return surplus();
    Verdict verdict = at < events_.size() ? wrong_event(at) : missing_event(at);
    show_own_list(verdict, at);
    return verdict;
  }

  /// Index of the first expected event that is missing or does not match.
  std::size_t first_difference() const {
    std::size_t at = 0;
    while (at < file_.events.size() && at < events_.size() &&
           !match(file_.events[at], event_value(events_[at]->event))) {
      ++at;
    }
    return at;
  }

  std::string place(std::size_t index) const {
    return "event " + std::to_string(index + 1) + " of " + std::to_string(file_.events.size());
  }

  EventType expected_type(std::size_t index) const {
    const Value* type = file_.events[index].find("type");
    return event_type_from_name(*type->text()).value_or(EventType::pool_created);
  }

  Verdict wrong_event(std::size_t at) const {
    const Event& event = events_[at]->event;
    const Value actual = event_value(event);
    const auto mismatch = match(file_.events[at], actual).value_or(Mismatch{});
    const EventType expected = expected_type(at);
    std::string message = place(at);
    if (expected != event.type()) {
      message += " is " + std::string(event_name(event.type())) + ", expected " +
                 std::string(event_name(expected));
    } else {
      message += ", " + std::string(event_name(expected)) + ": its " + mismatch.path + " is " +
                 mismatch.actual + ", expected " + mismatch.expected;
    }
    Verdict verdict = failed(What::event, file_.events[at].mark, std::move(message));
    if (expected == event.type()) verdict.mark = mismatch.mark;
    verdict.expected = to_text(file_.events[at]);
    verdict.actual = to_text(actual);
    verdict.clause = clause(clause_of_event(expected, event.type(), mismatch.path));
    return verdict;
  }

  Verdict missing_event(std::size_t at) const {
    Verdict verdict = failed(What::missing_event, file_.events[at].mark,
                             place(at) + " is missing: only " + std::to_string(events_.size()) +
                                 " came, expected " + expected_line(file_.events[at]));
    verdict.expected = to_text(file_.events[at]);
    verdict.actual = "nothing";
    const EventType expected = expected_type(at);
    verdict.clause = clause(clause_of_event(expected, expected, "type"));
    return verdict;
  }

  MaybeVerdict surplus() const {
    const std::size_t expected = file_.events.size();
    if (!options_.require_no_surplus || events_.size() == expected) return std::nullopt;
    Verdict verdict = failed(What::surplus_event, file_.events.back().mark,
                             std::to_string(events_.size()) + " events came, expected " +
                                 std::to_string(expected) + "; the first surplus one is " +
                                 trace_line(*events_[expected]));
    verdict.expected = "no further event";
    verdict.actual = to_text(event_value(events_[expected]->event));
    verdict.clause = clause("R2");
    show_own_list(verdict, expected);
    return verdict;
  }

  void show_own_list(Verdict& verdict, std::size_t difference) const {
    for (const Value& event : file_.events) verdict.expected_lines.push_back(expected_line(event));
    for (const sim::TracedEvent* event : events_)
      verdict.actual_lines.push_back(trace_line(*event));
    verdict.difference = difference;
  }

  // ---- the extension

  MaybeVerdict operation_errors() const {
    for (const OperationExpectation& expectation : file_.operation_errors) {
      if (auto verdict = operation_error(expectation)) return verdict;
    }
    return std::nullopt;
  }

  MaybeVerdict operation_error(const OperationExpectation& expectation) const {
    const sim::Operation& operation = file_.scenario.operations[expectation.operation];
    const std::string who = "the operation " + std::string(sim::operation_name(operation.body)) +
                            " in line " + std::to_string(operation.line);
    return wrong_error(What::operation_error, who, expectation.error,
                       error_of_operation(expectation.operation));
  }

  MaybeVerdict thread_errors() const {
    for (const ThreadExpectation& expectation : file_.thread_ends) {
      if (auto verdict = thread_error(expectation)) return verdict;
    }
    return std::nullopt;
  }

  MaybeVerdict thread_error(const ThreadExpectation& expectation) const {
    const ErrorPtr error = error_of(expectation.actor);
    const std::string who = "the thread " + file_.scenario.actors[expectation.actor];
    if (expectation.error) {
      return wrong_error(What::thread_error, who, *expectation.error, error);
    }
    if (!error) return std::nullopt;
    Verdict verdict =
        failed(What::thread_error, expectation.mark,
               who + " ended with " + std::string(type_name(error->type)) + ", expected no error");
    verdict.expected = "no error";
    verdict.actual = text_of(error);
    verdict.clause = clause("R3");
    return verdict;
  }

  // ---- the exact trace

  MaybeVerdict exact_trace() const {
    if (!file_.exact->trace) return std::nullopt;
    const auto& expected = *file_.exact->trace;
    std::vector<std::string> lines;
    for (const sim::TracedEvent& event : trace_.events) lines.push_back(trace_line(event));
    std::size_t at = 0;
    while (at < expected.size() && at < lines.size() && expected[at].text == lines[at]) ++at;
    if (at == expected.size() && at == lines.size()) return std::nullopt;

    Verdict verdict = failed(What::exact_line, file_.exact->trace_mark, {});
    verdict.file = file_.exact->file;
    if (at < expected.size()) verdict.mark = expected[at].mark;
    verdict.expected = at < expected.size() ? expected[at].text : "no further event";
    verdict.actual = at < lines.size() ? lines[at] : "no further event";
    verdict.message = "line " + std::to_string(at + 1) + " of the exact trace is " +
                      in_quotes(verdict.actual) + ", expected " + in_quotes(verdict.expected);
    verdict.clause = clause("B.5");
    verdict.actual_lines = std::move(lines);
    for (const TraceLine& line : expected) verdict.expected_lines.push_back(line.text);
    verdict.difference = at;
    return verdict;
  }

  MaybeVerdict end_time() const {
    if (!file_.exact->end || *file_.exact->end == trace_.end) return std::nullopt;
    Verdict verdict = failed(What::end_time, file_.exact->end_mark, {});
    verdict.file = file_.exact->file;
    verdict.expected = sim::milliseconds_text(*file_.exact->end) + " ms";
    verdict.actual = sim::milliseconds_text(trace_.end) + " ms";
    verdict.message =
        "the main thread ended at " + verdict.actual + ", expected " + verdict.expected;
    verdict.clause = clause("R14");
    return verdict;
  }

  const ScenarioFile& file_;
  const sim::Trace& trace_;
  const JudgeOptions& options_;
  std::vector<const sim::TracedEvent*> events_;  ///< those that are not ignored
};

}  // namespace

Verdict judge(const ScenarioFile& file, const sim::Trace& trace, const JudgeOptions& options) {
  return Judge(file, trace, options).judge();
}

bool real_time_can_be_why(const ScenarioFile& file, const sim::Trace& trace,
                          const JudgeOptions& options) {
  return Judge(file, trace, options).real_time_can_be_why();
}

std::string_view what_name(Verdict::What what) {
  switch (what) {
    case What::pass:
      return "pass";
    case What::run_failure:
      return "the run broke off";
    case What::event:
      return "wrong event";
    case What::missing_event:
      return "missing event";
    case What::surplus_event:
      return "surplus event";
    case What::main_error:
      return "error of the main thread";
    case What::thread_error:
      return "error of a thread";
    case What::operation_error:
      return "error of an operation";
    case What::exact_line:
      return "exact trace";
    case What::end_time:
      return "end time";
    case What::not_repeatable:
      return "not repeatable";
    case What::worlds_differ:
      return "the worlds differ";
    case What::model_differs:
      return "the reference model differs";
  }
  return "?";
}

}  // namespace cmap::spec_tests
