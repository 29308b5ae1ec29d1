// x-cmap.server and x-cmap.establishments: what the simulated peer does.
#include <array>
#include <string>

#include "spec-tests/readers.hpp"

namespace cmap::spec_tests {
namespace {

constexpr std::array<EstablishmentPhase, 5> phases{
    EstablishmentPhase::resolve, EstablishmentPhase::connect, EstablishmentPhase::tls,
    EstablishmentPhase::hello, EstablishmentPhase::authenticate};
constexpr std::array<NetworkFault, 7> faults{
    NetworkFault::refused, NetworkFault::reset,       NetworkFault::eof,  NetworkFault::timeout,
    NetworkFault::dns,     NetworkFault::certificate, NetworkFault::proxy};

/// A phase ends in one way only.
void check_outcomes(const sim::PhaseScript& script, Mark mark, Problems& problems) {
  const int outcomes = (script.fault != NetworkFault::none ? 1 : 0) +
                       (script.error_code != 0 ? 1 : 0) + (script.refused_credentials ? 1 : 0) +
                       (script.hang ? 1 : 0) + (script.garbage ? 1 : 0);
  if (outcomes > 1) {
    problems.add(mark, "a phase must have at most one of fault, errorCode, refused, hang, garbage");
  }
}

sim::PhaseScript read_phase(EstablishmentPhase phase, const Value& value, Problems& problems) {
  sim::PhaseScript script{.phase = phase};
  ObjectReader keys(value, phase_name(phase), problems);
  const Value* delay = keys.find("delayMS");
  script.delay =
      read_milliseconds(delay, "delayMS", problems, Fraction::allowed).value_or(Duration{});
  script.fault = read_fault(keys.find("fault"), "fault", problems).value_or(NetworkFault::none);
  script.hang = keys.boolean("hang").value_or(false);
  script.garbage = keys.boolean("garbage").value_or(false);
  if (phase == EstablishmentPhase::hello || phase == EstablishmentPhase::authenticate) {
    const auto code = read_integer(keys.find("errorCode"), "errorCode", problems, 1);
    script.error_code = static_cast<std::int32_t>(code.value_or(0));
  }
  if (phase == EstablishmentPhase::authenticate) {
    script.refused_credentials = keys.boolean("refused").value_or(false);
  }
  keys.finish();
  check_outcomes(script, value.mark, problems);
  return script;
}

/// A script for a phase that establishments do not have would be ignored.
void check_phase_exists(EstablishmentPhase phase, const sim::ServerSetup& setup, Mark mark,
                        Problems& problems) {
  const bool missing = (phase == EstablishmentPhase::tls && !setup.tls) ||
                       (phase == EstablishmentPhase::authenticate && !setup.authentication);
  if (!missing) return;
  const std::string key = phase == EstablishmentPhase::tls ? "tls" : "authentication";
  problems.add(mark, "establishments have no phase " + in_quotes(phase_name(phase)) +
                         "; set x-cmap.server." + key);
}

using InlineAnswer = sim::EstablishmentScript::Inline;

InlineAnswer read_inline(const Value* value, Problems& problems) {
  constexpr std::array<std::string_view, 3> words{"throws", "fails", "succeeds"};
  constexpr std::array<InlineAnswer, 3> answers{InlineAnswer::throws, InlineAnswer::fails,
                                                InlineAnswer::succeeds};
  const auto word = read_word(value, "inline", words, problems);
  return word ? answers[*word] : InlineAnswer::no;
}

sim::EstablishmentScript read_establishment(const Value& value, const sim::ServerSetup& setup,
                                            Problems& problems) {
  sim::EstablishmentScript script;
  ObjectReader keys(value, "an establishment", problems);
  for (const EstablishmentPhase phase : phases) {
    const Value* of_phase = keys.find(phase_name(phase));
    if (of_phase == nullptr) continue;
    script.phases.push_back(read_phase(phase, *of_phase, problems));
    check_phase_exists(phase, setup, of_phase->mark, problems);
  }
  script.service_id = read_service_id(keys.find("serviceId"), problems);
  script.answer_inline = read_inline(keys.find("inline"), problems);
  script.ignores_close = keys.boolean("ignoresClose").value_or(false);
  const Value* teardown = keys.find("teardownMS");
  script.teardown =
      read_milliseconds(teardown, "teardownMS", problems, Fraction::allowed).value_or(Duration{});
  keys.finish();
  return script;
}

}  // namespace

std::optional<NetworkFault> read_fault(const Value* value, std::string_view what,
                                       Problems& problems) {
  std::array<std::string_view, faults.size()> names{};
  for (std::size_t i = 0; i < faults.size(); ++i) names[i] = fault_name(faults[i]);
  const auto word = read_word(value, what, names, problems);
  return word ? std::optional(faults[*word]) : std::nullopt;
}

std::optional<ServiceId> read_service_id(const Value* value, Problems& problems) {
  const auto text = read_string(value, "serviceId", problems);
  if (!text) return std::nullopt;
  auto id = ServiceId::from_hex(*text);
  if (!id) {
    problems.add(value->mark,
                 "serviceId must be 24 hexadecimal digits, but is " + in_quotes(*text));
  }
  return id;
}

void read_server(const Value* server, const Value* establishments, sim::ServerSetup& setup,
                 Problems& problems) {
  if (server != nullptr) {
    ObjectReader keys(*server, "x-cmap.server", problems);
    setup.tls = keys.boolean("tls").value_or(false);
    setup.authentication = keys.boolean("authentication").value_or(false);
    keys.finish();
  }
  for (const Value& value : read_list(establishments, "establishments", problems)) {
    setup.establishments.push_back(read_establishment(value, setup, problems));
  }
}

}  // namespace cmap::spec_tests
