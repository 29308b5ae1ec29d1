// What is done to the pool as a whole, and by those who hear of it.
#include <array>
#include <optional>
#include <string>
#include <variant>

#include "fuzz/families.hpp"
#include "fuzz/family_parts.hpp"

namespace cmap::fuzz {
namespace {

constexpr std::array one_letter = {'c', 'i', 'x', 'r'};

sim::OperationBody lifecycle_operation(char letter) {
  if (letter == 'c') return sim::Clear{};
  if (letter == 'i') return sim::Clear{.interrupt_in_use_connections = true};
  if (letter == 'x') return sim::Close{};
  return sim::Ready{};
}

/// "c", "i", ..., "cc", "ci", ...: one letter an operation, the short ones first.
std::vector<std::string> sequences(std::size_t longest) {
  std::vector<std::string> all = {""};
  std::size_t first = 0;
  for (std::size_t length = 1; length <= longest; ++length) {
    const std::size_t end = all.size();
    for (; first < end; ++first) {
      for (const char letter : one_letter) all.push_back(all[first] + letter);
    }
  }
  all.erase(all.begin());
  return all;
}

ServiceId service(std::uint8_t number) {
  ServiceId::Bytes bytes{};
  bytes[0] = number;
  return ServiceId(bytes);
}

/// What a listener does once.
std::vector<Word<sim::ListenerAction>> listener_actions(sim::LabelIndex new_one,
                                                        sim::LabelIndex of_other,
                                                        sim::LabelIndex of_client) {
  using What = sim::ListenerAction::What;
  const sim::Clear interrupt{.interrupt_in_use_connections = true};
  return {{"readies", {.operation = sim::Ready{}}},
          {"clears", {.operation = sim::Clear{}}},
          {"interrupts", {.operation = interrupt}},
          {"closes", {.operation = sim::Close{}}},
          {"checks-out", {.operation = sim::CheckOut{.label = new_one, .in_background = true}}},
          {"checks-in", {.operation = sim::CheckIn{of_other}}},
          {"cancels", {.operation = sim::Cancel{of_client}}},
          {"is-slow", {.what = What::spend_time, .time = moment}},
          {"throws", {.what = What::throw_exception}}};
}

}  // namespace

std::vector<sim::Scenario> lifecycle_family() {
  std::vector<sim::Scenario> all;
  for (const Fault fault : {Fault::none, Fault::late, Fault::not_authenticated}) {
    for (const std::string& sequence : sequences(3)) {
      Configuration configuration = configuration_of("lifecycle", {1, 1});
      configuration.say(sequence);
      Operations operations;
      for (const char letter : sequence) operations.push_back(lifecycle_operation(letter));
      configuration.add_client();
      configuration.add_thread("lifecycle", operations);
      // Somebody who asks at any time, and is told why it failed.
      if (fault == Fault::not_authenticated) configuration.add_client();
      configuration.add_fault(fault);
      all.push_back(configuration.scenario());
    }
  }
  return all;
}

std::vector<sim::Scenario> load_balanced_family() {
  using Services = std::vector<std::optional<ServiceId>>;
  const std::vector<Word<Services>> peers = {{"one-service", {service(0), service(0)}},
                                             {"two-services", {service(0), service(1)}},
                                             {"no-service", {service(0), std::nullopt}},
                                             {"no-service-first", {std::nullopt, service(0)}}};
  std::vector<sim::Scenario> all;
  for (const Size& size : small_sizes) {
    for (const auto& peer : peers) {
      for (const Fault fault :
           {Fault::none, Fault::late, Fault::not_authenticated, Fault::no_such_name}) {
        for (const bool breaks : {false, true}) {
          Configuration configuration = configuration_of("load-balanced", size);
          configuration.say(peer.word);
          if (breaks) configuration.say("breaks");
          configuration.options().load_balanced = true;
          for (std::uint32_t i = 0; i < size.threads; ++i) {
            const sim::LabelIndex label = configuration.add_label();
            Operations in_use = {sim::SetPurpose{label, CheckOutPurpose::cursor}};
            if (breaks) {
              in_use = {sim::FailInUse{.connection = label, .verdict = ErrorVerdict::clear}};
            }
            configuration.add_client({.label = label}, in_use);
          }
          configuration.add_thread("lifecycle", {sim::ClearService{service(0)}});
          configuration.add_fault(fault);
          auto& scripts = configuration.parts().server.establishments;
          if (scripts.size() < 4) scripts.resize(4);
          for (std::size_t i = 0; i < scripts.size(); ++i) {
            scripts[i].service_id = peer.value[i % peer.value.size()];
          }
          all.push_back(configuration.scenario());
        }
      }
    }
  }
  return all;
}

std::vector<sim::Scenario> fork_family() {
  std::vector<sim::Scenario> all;
  for (const Size& size : small_sizes) {
    for (const std::int64_t min : {0, 1}) {
      for (const Fault fault : {Fault::none, Fault::late, Fault::hangs}) {
        for (const bool ready : {false, true}) {
          Configuration configuration = configuration_of("fork", size);
          configuration.options().min_pool_size = min;
          if (min > 0) configuration.say("min-1");
          if (min > 0) configuration.options().background_interval = moment;
          if (ready) configuration.say("ready");
          add_clients(configuration, size.threads);
          Operations child = {sim::ResetAfterFork{}};
          if (ready) child.emplace_back(sim::Ready{});
          configuration.add_thread("child", child);
          configuration.add_fault(fault);
          all.push_back(configuration.scenario());
        }
      }
    }
  }
  return all;
}

std::vector<sim::Scenario> listeners_family() {
  std::vector<sim::Scenario> all;
  for (const Lifecycle& lifecycle : lifecycles({"", "clear", "close"})) {
    // Not PoolCreated: the pool is not there yet for whoever hears of it.
    for (std::size_t event = 1; event < event_type_count; ++event) {
      constexpr std::size_t action_count = 9;
      for (std::size_t number = 0; number < action_count; ++number) {
        Configuration configuration = configuration_of("listeners", {1, 1});
        // What listeners check out, nobody checks in.
        configuration.options().wait_queue_timeout = moment;
        const sim::LabelIndex new_one = configuration.add_label();
        const sim::LabelIndex of_other = configuration.add_label();
        const sim::LabelIndex of_client = configuration.add_client();
        const auto actions = listener_actions(new_one, of_other, of_client);
        sim::ListenerAction action = actions[number].value;
        action.event = static_cast<EventType>(event);
        configuration.say(actions[number].word + " at " + std::string(event_name(action.event)));
        if (std::holds_alternative<sim::CheckIn>(action.operation)) {
          configuration.add_thread("other",
                                   {sim::CheckOut{.label = of_other, .in_background = true}});
        }
        configuration.parts().listener_actions = {action};
        configuration.add_lifecycle(lifecycle);
        all.push_back(configuration.scenario());
      }
    }
  }
  return all;
}

}  // namespace cmap::fuzz
