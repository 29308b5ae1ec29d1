// Adds up the phases of an establishment: what the script says, and what the fail point adds.
#include "sim/establishment.hpp"

#include <memory>
#include <string>

namespace cmap::sim {
namespace {

constexpr std::array<EstablishmentPhase, EstablishmentPlan::phases> all_phases = {
    EstablishmentPhase::resolve, EstablishmentPhase::connect, EstablishmentPhase::tls,
    EstablishmentPhase::hello, EstablishmentPhase::authenticate};

bool exists(EstablishmentPhase phase, const ServerSetup& setup) {
  if (phase == EstablishmentPhase::tls) return setup.tls;
  if (phase == EstablishmentPhase::authenticate) return setup.authentication;
  return true;
}

PhaseScript script_of(EstablishmentPhase phase, const EstablishmentScript& script) {
  for (const PhaseScript& each : script.phases) {
    if (each.phase == phase) return each;
  }
  return PhaseScript{.phase = phase};
}

EstablishmentPhase phase_of_command(const std::string& command) {
  return command.starts_with("sasl") ? EstablishmentPhase::authenticate : EstablishmentPhase::hello;
}

constexpr std::int32_t authentication_failed = 18;

/// What a client makes of `ok: 0` and a code.
ErrorPtr command_error(const Address& address, EstablishmentPhase phase, std::int32_t code,
                       ErrorLabel labels) {
  const bool refused = phase == EstablishmentPhase::authenticate && code == authentication_failed;
  return std::make_shared<const Error>(
      Error{.type = refused ? ErrorType::authentication : ErrorType::command,
            .message = "The server answered with error code " + std::to_string(code),
            .address = address,
            .labels = labels,
            .code = refused ? 0 : code});
}

ErrorPtr plain_error(ErrorType type, std::string message, const Address& address) {
  return std::make_shared<const Error>(
      Error{.type = type, .message = std::move(message), .address = address});
}

/// Null: the phase ends well.
ErrorPtr error_of(const PhaseScript& script, const Address& address) {
  if (script.fault != NetworkFault::none) {
    return establishment_error(address, script.fault, script.phase);
  }
  if (script.error_code != 0) {
    return command_error(address, script.phase, script.error_code, ErrorLabel::none);
  }
  if (script.refused_credentials) {
    return plain_error(ErrorType::authentication, "Authentication failed", address);
  }
  if (script.garbage) {
    return plain_error(ErrorType::protocol, "The peer does not speak the protocol", address);
  }
  return nullptr;
}

/// blockConnection delays the answer; then closeConnection or errorCode decides it.
ErrorPtr error_of(const FailPointHit& hit, EstablishmentPhase phase, const Address& address) {
  if (hit.close_connection) return establishment_error(address, NetworkFault::eof, phase);
  if (hit.error_code != 0) return command_error(address, phase, hit.error_code, hit.labels);
  return nullptr;
}

}  // namespace

EstablishmentPhase EstablishmentPlan::phase_at(Duration since_begin) const {
  for (const EstablishmentPhase phase : all_phases) {
    if (phase == last || since_begin < end_of(phase)) return phase;
  }
  return final_phase;
}

Duration EstablishmentPlan::end() const {
  return last == EstablishmentPhase::done ? ends.back() : end_of(last);
}

EstablishmentPlan plan_establishment(const Address& address, const ServerSetup& setup,
                                     const EstablishmentScript& script,
                                     const std::optional<FailPointHit>& hit) {
  EstablishmentPlan plan;
  if (setup.authentication) plan.final_phase = EstablishmentPhase::authenticate;
  Duration time{0};
  for (const EstablishmentPhase phase : all_phases) {
    Duration& end = plan.ends.at(static_cast<std::size_t>(phase));
    end = time;
    if (!exists(phase, setup)) continue;
    const PhaseScript phase_script = script_of(phase, script);
    const bool struck = hit && phase_of_command(hit->command) == phase;
    time = saturating_sum(time, phase_script.delay);
    if (struck) time = saturating_sum(time, hit->block_time);
    end = time;

    plan.error = error_of(phase_script, address);
    if (!plan.error && struck) plan.error = error_of(*hit, phase, address);
    plan.hangs = phase_script.hang;
    if (plan.error || plan.hangs) {
      plan.last = phase;
      return plan;
    }
  }
  return plan;
}

EstablishmentPlan plan_inside_of_the_call(const Address& address, EstablishmentScript::Inline how) {
  EstablishmentPlan plan;
  if (how == EstablishmentScript::Inline::succeeds) return plan;
  plan.last = EstablishmentPhase::connect;
  plan.error = establishment_error(address, NetworkFault::refused, plan.last);
  return plan;
}

}  // namespace cmap::sim
