// Peers that refuse, answer at the wrong moment, or break off; connections that grow old.
#include <array>
#include <string>
#include <vector>

#include "fuzz/families.hpp"
#include "fuzz/family_parts.hpp"

namespace cmap::fuzz {
namespace {

constexpr std::int32_t shutdown_in_progress = 91;  // clears the pool
constexpr std::int32_t unauthorized = 13;          // says nothing of the server

void hold_population(Configuration& configuration, std::uint32_t threads, bool breaks) {
  for (std::uint32_t i = 0; i < threads; ++i) {
    const sim::LabelIndex label = configuration.add_label();
    Operations in_use;
    if (breaks) {
      in_use.emplace_back(sim::FailInUse{.connection = label, .verdict = ErrorVerdict::keep});
    } else {
      in_use.emplace_back(sim::Wait{moment});
    }
    configuration.add_client({.label = label}, in_use);
  }
  configuration.add_thread("clock", {sim::Wait{2 * moment}});
}

/// In the order of phases: what the peer makes of one handshake.
std::vector<Word<std::vector<sim::PhaseScript>>> handshakes() {
  using enum EstablishmentPhase;
  return {
      {"hello-late", {{.phase = hello, .delay = moment}}},
      {"hello-very-late", {{.phase = hello, .delay = 2 * moment}}},
      {"both-late", {{.phase = hello, .delay = moment}, {.phase = authenticate, .delay = moment}}},
      {"authentication-late", {{.phase = authenticate, .delay = moment}}},
      {"connect-and-hello-late",
       {{.phase = connect, .delay = moment}, {.phase = hello, .delay = moment}}},
      {"hello-says-91", {{.phase = hello, .error_code = shutdown_in_progress}}},
      {"hello-says-13", {{.phase = hello, .error_code = unauthorized}}},
      {"hello-breaks", {{.phase = hello, .delay = moment, .fault = NetworkFault::reset}}},
      {"authentication-breaks",
       {{.phase = authenticate, .delay = moment, .fault = NetworkFault::reset}}},
      {"authentication-refused",
       {{.phase = authenticate, .delay = moment, .refused_credentials = true}}},
      {"no-such-name", {{.phase = resolve, .delay = moment, .fault = NetworkFault::dns}}},
      {"garbage", {{.phase = hello, .garbage = true}}},
      {"hello-hangs", {{.phase = hello, .hang = true}}},
  };
}

}  // namespace

std::vector<sim::Scenario> population_family() {
  constexpr std::array sizes = {Size{0, 2}, Size{1, 2}, Size{2, 2}};
  std::vector<sim::Scenario> all;
  for (const Size& size : sizes) {
    for (const std::int64_t min : {1, 2}) {
      for (const std::int64_t connecting : {1, 2}) {
        for (const Fault fault : {Fault::none, Fault::refused, Fault::late, Fault::refused_late,
                                  Fault::not_authenticated}) {
          for (const bool breaks : {false, true}) {
            if (breaks && (size.threads != 1 || connecting != 1)) continue;
            Configuration configuration = configuration_of("population", size);
            configuration.options().min_pool_size = min;
            configuration.options().max_connecting = connecting;
            configuration.options().background_interval = moment;
            configuration.say("min-" + std::to_string(min) + " connecting-" +
                              std::to_string(connecting) + (breaks ? " breaks" : ""));
            hold_population(configuration, size.threads, breaks);
            configuration.add_fault(fault);
            all.push_back(configuration.scenario());
          }
        }
      }
    }
  }
  return all;
}

std::vector<sim::Scenario> idle_family() {
  std::vector<sim::Scenario> all;
  for (const std::uint32_t threads : {1U, 2U}) {
    for (const bool runs : {false, true}) {
      for (const auto& use : {Word<Duration>{"", Duration(0)}, {"long", 2 * moment}}) {
        for (const auto& pause :
             {Word<Duration>{"at-the-limit", moment}, {"over", 3 * moment / 2}}) {
          for (const Fault fault : {Fault::none, Fault::peer_closes}) {
            for (const Lifecycle& lifecycle : lifecycles({"", "clear", "close"})) {
              Configuration configuration = configuration_of("idle", {threads, threads});
              configuration.options().max_idle_time = moment;
              if (runs) configuration.say("runs");
              if (runs) let_runs_come(configuration);
              configuration.say(use.word);
              configuration.say(pause.word);
              add_returning_client(configuration, use.value, pause.value);
              add_clients(configuration, threads - 1);
              configuration.add_fault(fault);
              configuration.add_lifecycle(lifecycle);
              all.push_back(configuration.scenario());
            }
          }
        }
      }
    }
  }
  return all;
}

std::vector<sim::Scenario> errors_family() {
  std::vector<sim::Scenario> all;
  for (const Size& size : small_sizes) {
    for (const ErrorVerdict verdict : {ErrorVerdict::keep, ErrorVerdict::clear}) {
      for (const bool after_a_while : {false, true}) {
        std::vector<Lifecycle> done = lifecycles(
            {"", "clear", "interrupt", "close", "clear-ready", "interrupt-ready", "clear-close"});
        done.push_back({"ready", {sim::Ready{}}});
        for (const Lifecycle& lifecycle : done) {
          Configuration configuration = configuration_of("errors", size);
          configuration.say(verdict == ErrorVerdict::clear ? "clears" : "keeps");
          if (after_a_while) configuration.say("held");
          for (std::uint32_t i = 0; i < size.threads; ++i) {
            const sim::LabelIndex label = configuration.add_label();
            Operations in_use = {sim::FailInUse{.connection = label, .verdict = verdict}};
            // Somebody else may close, clear or interrupt before it is checked in.
            if (after_a_while) in_use.emplace_back(sim::Wait{moment});
            configuration.add_client({.label = label}, in_use);
          }
          configuration.add_lifecycle(lifecycle);
          all.push_back(configuration.scenario());
        }
      }
    }
  }
  return all;
}

std::vector<sim::Scenario> inline_answers_family() {
  std::vector<sim::Scenario> all;
  using How = sim::EstablishmentScript::Inline;
  const std::vector<Word<How>> answers = {
      {"throws", How::throws}, {"fails", How::fails}, {"succeeds", How::succeeds}};
  for (const Size& size : small_sizes) {
    for (const std::int64_t min : {0, 1}) {
      for (const auto& answer : answers) {
        for (const bool second : {false, true}) {
          for (const Lifecycle& lifecycle : lifecycles({"", "clear", "close"})) {
            Configuration configuration = configuration_of("inline-answers", size);
            configuration.say(min > 0 ? "min-1" : "");
            configuration.say((second ? "second-" : "first-") + answer.word);
            configuration.options().min_pool_size = min;
            if (min > 0) configuration.options().background_interval = moment;
            auto& scripts = configuration.parts().server.establishments;
            if (second) scripts.emplace_back();
            scripts.emplace_back().answer_inline = answer.value;
            add_clients(configuration, size.threads);
            configuration.add_lifecycle(lifecycle);
            all.push_back(configuration.scenario());
          }
        }
      }
    }
  }
  return all;
}

std::vector<sim::Scenario> late_answers_family() {
  std::vector<sim::Scenario> all;
  const sim::PhaseScript late = {.phase = EstablishmentPhase::connect, .delay = moment};
  const sim::PhaseScript refused = {
      .phase = EstablishmentPhase::connect, .delay = moment, .fault = NetworkFault::refused};
  for (const Size& size : small_sizes) {
    for (const auto& answer : {Word<sim::PhaseScript>{"late", late}, {"refused-late", refused}}) {
      for (const auto& timeout : {Word<Duration>{"", Duration(0)},
                                  {"timeout-then", moment},
                                  {"timeout-before", moment / 2}}) {
        for (const Duration teardown : {Duration(0), moment}) {
          for (const Lifecycle& lifecycle :
               lifecycles({"", "close", "interrupt", "interrupt-ready"})) {
            Configuration configuration = configuration_of("late-answers", size);
            configuration.say(answer.word);
            configuration.say(timeout.word);
            configuration.say(teardown > Duration(0) ? "slow-teardown" : "");
            configuration.options().establishment_timeout = timeout.value;
            // The second is under way when the answer to the first comes.
            const sim::EstablishmentScript script = {
                .phases = {answer.value}, .ignores_close = true, .teardown = teardown};
            configuration.parts().server.establishments = {script, script};
            add_clients(configuration, size.threads);
            configuration.add_lifecycle(lifecycle);
            all.push_back(configuration.scenario());
          }
        }
      }
    }
  }
  return all;
}

std::vector<sim::Scenario> handshake_family() {
  std::vector<sim::Scenario> all;
  for (const Size& size : small_sizes) {
    for (const auto& handshake : handshakes()) {
      for (const bool timed : {false, true}) {
        Configuration configuration = configuration_of("handshake", size);
        configuration.say(handshake.word);
        if (timed) configuration.say("timed");
        configuration.options().establishment_timeout = 3 * moment / 2;
        if (timed) configuration.options().handshake_timeout = 3 * moment / 2;
        configuration.parts().server.authentication = true;
        configuration.parts().server.establishments.push_back({.phases = handshake.value});
        add_clients(configuration, size.threads);
        all.push_back(configuration.scenario());
      }
    }
  }
  return all;
}

}  // namespace cmap::fuzz
