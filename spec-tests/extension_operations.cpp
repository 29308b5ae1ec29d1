// Operations that only the extension x-cmap can say: their name stands there, not in the operation.
#include "spec-tests/operations.hpp"

namespace cmap::spec_tests {
namespace {

constexpr std::array<std::string_view, 11> extended_operations{
    "awaitCheckOut", "cancel",         "checkInAgain", "checkInForeign",
    "clearService",  "resetAfterFork", "setPurpose",   "failInUse",
    "peerCloses",    "setFailPoint",   "expectState"};

}  // namespace

std::optional<sim::OperationBody> OperationReader::await_check_out(ObjectReader& keys) {
  const auto index = used_label(keys, Use::background_check_out);
  if (!index) return std::nullopt;
  return sim::AwaitCheckOut{*index};
}

std::optional<sim::OperationBody> OperationReader::check_in_again(ObjectReader& keys) {
  const auto index = used_label(keys, Use::any_check_out);
  if (!index) return std::nullopt;
  return sim::CheckInAgain{*index};
}

std::optional<sim::OperationBody> OperationReader::clear_service(ObjectReader& keys) {
  const auto service = read_service_id(keys.need("serviceId"), problems_);
  if (!service) return std::nullopt;
  return sim::ClearService{*service};
}

std::optional<sim::OperationBody> OperationReader::set_purpose(ObjectReader& keys) {
  const auto index = used_label(keys, Use::any_check_out);
  const auto for_what = purpose(keys.need("purpose"));
  if (!index || !for_what) return std::nullopt;
  return sim::SetPurpose{*index, *for_what};
}

std::optional<sim::OperationBody> OperationReader::fail_in_use(ObjectReader& keys) {
  constexpr std::array<std::string_view, 2> verdicts{"keep", "clear"};
  const auto index = used_label(keys, Use::any_check_out);
  const auto fault = read_fault(keys.find("fault"), "fault", problems_);
  const auto verdict = read_word(keys.find("verdict"), "verdict", verdicts, problems_);
  if (!index) return std::nullopt;
  return sim::FailInUse{*index, fault.value_or(NetworkFault::reset),
                        verdict == 1U ? ErrorVerdict::clear : ErrorVerdict::keep};
}

std::optional<sim::OperationBody> OperationReader::peer_closes(ObjectReader& keys) {
  const auto id = read_integer(keys.need("connectionId"), "connectionId", problems_, 1);
  const auto fault = read_fault(keys.find("fault"), "fault", problems_);
  if (!id) return std::nullopt;
  return sim::PeerCloses{static_cast<ConnectionId>(*id), fault.value_or(NetworkFault::eof)};
}

std::optional<sim::OperationBody> OperationReader::set_fail_point(ObjectReader& keys) {
  const Value* value = keys.need("failPoint");
  if (value == nullptr) return std::nullopt;
  return sim::SetFailPoint{read_fail_point(*value, problems_, Fraction::allowed)};
}

std::optional<sim::OperationBody> OperationReader::expect_state(ObjectReader& keys) {
  constexpr std::array<std::string_view, 3> states{"paused", "ready", "closed"};
  const auto number = [&](std::string_view key) {
    return read_integer(keys.find(key), key, problems_);
  };
  sim::ExpectState body;
  if (const auto state = read_word(keys.find("state"), "state", states, problems_)) {
    body.state = static_cast<PoolState>(*state);
  }
  body.generation = number("generation");
  body.pending = number("pending");
  body.available = number("available");
  body.in_use = number("inUse");
  body.waiting = number("waiting");
  body.armed_deadlines = number("armedDeadlines");
  body.interrupts = number("interrupts");
  body.open_transports = number("openTransports");
  return body;
}

std::span<const std::string_view> OperationReader::extended_names() { return extended_operations; }

std::optional<sim::OperationBody> OperationReader::extended(std::string_view name,
                                                            ObjectReader& keys) {
  if (name == "awaitCheckOut") return await_check_out(keys);
  if (name == "cancel") return cancel(keys);
  if (name == "checkInAgain") return check_in_again(keys);
  if (name == "checkInForeign") return sim::CheckInForeign{};
  if (name == "clearService") return clear_service(keys);
  if (name == "resetAfterFork") return sim::ResetAfterFork{};
  if (name == "setPurpose") return set_purpose(keys);
  if (name == "failInUse") return fail_in_use(keys);
  if (name == "peerCloses") return peer_closes(keys);
  if (name == "setFailPoint") return set_fail_point(keys);
  return expect_state(keys);
}

}  // namespace cmap::spec_tests
