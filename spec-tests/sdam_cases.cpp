// Feeds a topology phase by phase, keeps the generations of its pools, compares.
#include "spec-tests/sdam_cases.hpp"

#include <map>
#include <memory>
#include <utility>

#include "pool/client/describe_server.hpp"
#include "spec-tests/scenario_file.hpp"
#include "spec-tests/sdam_compare.hpp"
#include "spec-tests/sdam_file.hpp"
#include "spec-tests/sdam_values.hpp"

namespace cmap::spec_tests {
namespace {

/// No rule of these files is about time.
constexpr TimePoint sdam_time{};

ErrorPtr lost_connection(const Address& address) {
  return establishment_error(address, NetworkFault::eof, EstablishmentPhase::hello);
}

class SdamRun {
 public:
  explicit SdamRun(const SdamFile& file)
      : file_(file), core_(TopologyId{1}, file.topology, outbox_) {}

  std::vector<Problem> differences() {
    core_.open(sdam_time);
    std::size_t number = 0;
    for (const SdamPhase& phase : file_.phases) {
      for (const SdamResponse& response : phase.responses) respond(response);
      for (const SdamApplicationError& error : phase.application_errors) report(error);
      SdamComparison comparison(file_.path, "phase " + std::to_string(++number));
      compare(phase.outcome, comparison);
      if (!comparison.differences().empty()) return comparison.differences();
    }
    return {};
  }

 private:
  void respond(const SdamResponse& response) {
    const Address source = response.source.in_lower_case();
    if (response.reply) {
      const auto reply = wire::HelloReply::from(*response.reply);
      core_.server_checked(describe_server(source, reply), sdam_time);
    } else {
      core_.check_failed(source, lost_connection(source), sdam_time);
    }
    carry_out();
  }

  void report(const SdamApplicationError& error) {
    const Address address = error.address.in_lower_case();
    ApplicationError report{.address = address,
                            .error = error_of(error),
                            .phase = error.phase,
                            .pool_generation = generation_of(address)};
    report.generation = error.generation.value_or(report.pool_generation);
    if (error.type == SdamApplicationError::Type::command) {
      report.topology_version = wire::topology_version_of(error.response.document);
    }
    if (report.error) core_.application_error(report, sdam_time);
    carry_out();
  }

  /// Network errors of the handshake carry the labels that the pool gives them.
  static ErrorPtr error_of(const SdamApplicationError& error) {
    switch (error.type) {
      case SdamApplicationError::Type::network:
        return establishment_error(error.address, NetworkFault::reset, error.phase);
      case SdamApplicationError::Type::timeout:
        return establishment_error(error.address, NetworkFault::timeout, error.phase);
      case SdamApplicationError::Type::command:
        return wire::server_error(error.address, error.response);
    }
    return nullptr;
  }

  void carry_out() {
    core_.check_invariants();
    for (const TopologyEffect& effect : outbox_) {
      if (const auto* event = std::get_if<TopologyEvent>(&effect)) {
        events_.push_back(event_value(*event));
      } else if (const auto* clear = std::get_if<ClearPool>(&effect)) {
        Generation& generation = generations_[clear->address.text()];
        generation = next(generation);
      } else if (const auto* close = std::get_if<ClosePool>(&effect)) {
        generations_.erase(close->address.text());
      }
    }
    outbox_.clear();
  }

  [[nodiscard]] Generation generation_of(const Address& address) const {
    const auto found = generations_.find(address.text());
    return found == generations_.end() ? Generation::initial : found->second;
  }

  void compare(const Value& outcome, SdamComparison& comparison) {
    carry_out();
    const Value* const events = outcome.find("events");
    if (events != nullptr) comparison.compare_events(*events, Value(std::exchange(events_, {})));
    const auto generation = [this](const Address& address) { return generation_of(address); };
    comparison.compare_outcome(outcome, outcome_value(*core_.description(), generation));
  }

  const SdamFile& file_;
  TopologyOutbox outbox_;
  TopologyCore core_;
  std::map<std::string, Generation> generations_;  ///< of pools that were cleared
  Value::Array events_;
};

}  // namespace

bool holds_sdam_case(const Value& document) { return document.find("phases") != nullptr; }

CasesResult read_sdam_case(const Value& document, const std::string& path) {
  Problems problems(path);
  auto file = std::make_shared<const SdamFile>(read_sdam_file(document, path, problems));
  if (!problems.empty()) return {.cases = {}, .problems = problems.take()};
  Case test{.name = scenario_name(path),
            .description = file->description,
            .path = path,
            .differences = [file](const CaseRun&) { return SdamRun(*file).differences(); }};
  return {.cases = {std::move(test)}, .problems = {}};
}

}  // namespace cmap::spec_tests
