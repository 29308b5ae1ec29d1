// A plan as people read it: a line for everything that happens, in the order of time.
#include <algorithm>
#include <string>

#include "sim/client/client_plan.hpp"

namespace cmap::sim {
namespace {

std::string milliseconds_of(Duration time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) +
         " ms";
}

std::string text_of(const Happening& happening) {
  using Kind = Happening::Kind;
  const std::string member = SimulatedDeployment::address(happening.member).host();
  switch (happening.kind) {
    case Kind::step_down:
      return "the primary steps down";
    case Kind::kill:
      return member + " is killed";
    case Kind::restart:
      return member + " is restarted";
    case Kind::remove:
      return member + " leaves the set";
    case Kind::add:
      return member + " joins the set";
    case Kind::cut_off:
      return member + " is cut off";
    case Kind::reconnect:
      return member + " is in touch again";
    case Kind::slow_down:
      return "messages to " + member + " take " + milliseconds_of(happening.latency);
    case Kind::shut_down:
      return member + " answers that it shuts down";
    case Kind::break_hellos:
      return member + " ends the next connections at hello";
    case Kind::refuse_hellos:
      return member + " answers the next hellos with an error";
  }
  return "?";
}

std::string text_of(const ClientCall& call) {
  using Kind = ClientCall::Kind;
  const std::string until = call.timeout ? " within " + milliseconds_of(*call.timeout) : "";
  switch (call.kind) {
    case Kind::hold:
      return "check-out" + until + ", held for " + milliseconds_of(call.hold);
    case Kind::ping:
      return "ping" + until;
    case Kind::insert:
      return "insert" + until;
  }
  return "?";
}

}  // namespace

std::vector<std::string> plan_lines(const ClientPlan& plan) {
  std::vector<std::pair<Duration, std::string>> lines;
  for (const Happening& each : plan.happenings) lines.emplace_back(each.at, text_of(each));
  for (const ClientCall& each : plan.calls) lines.emplace_back(each.at, text_of(each));
  if (plan.closes_early) lines.emplace_back(*plan.closes_early, "the client is closed");
  lines.emplace_back(plan.trouble_ends, "all is well again");
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> texts;
  for (const auto& [time, text] : lines) texts.push_back(milliseconds_of(time) + ": " + text);
  return texts;
}

}  // namespace cmap::sim
