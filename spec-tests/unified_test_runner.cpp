// One function for each operation. Each answers what is to be waited for.
#include "spec-tests/unified_test_runner.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

#include "spec-tests/unified_commands.hpp"
#include "spec-tests/unified_compare.hpp"

namespace cmap::spec_tests {
namespace {

const std::string& text_argument(const UnifiedOperation& operation, std::string_view key) {
  return *operation.arguments.find(key)->text();
}

std::int64_t integer_argument(const UnifiedOperation& operation, std::string_view key) {
  return *operation.arguments.find(key)->integer();
}

std::int64_t count_of(const UnifiedClient& client, const Value& event) {
  return std::ranges::count_if(client.events(),
                               [&](const auto& each) { return is_event(event, each); });
}

UnifiedWait at_once() {
  return {.is_over = [] { return true; }};
}

}  // namespace

void UnifiedTestRunner::fail(const UnifiedOperation& operation, std::string message) {
  fail_({path_, operation.mark, std::move(message)});
}

UnifiedWait UnifiedTestRunner::begin(const UnifiedOperation& operation) {
  using Method = UnifiedWait (UnifiedTestRunner::*)(const UnifiedOperation&);
  constexpr std::array<std::pair<std::string_view, Method>, 11> methods{{
      {"createEntities", &UnifiedTestRunner::create_entities},
      {"failPoint", &UnifiedTestRunner::set_fail_point},
      {"waitForEvent", &UnifiedTestRunner::wait_for_event},
      {"assertEventCount", &UnifiedTestRunner::assert_event_count},
      {"runOnThread", &UnifiedTestRunner::run_on_thread},
      {"waitForThread", &UnifiedTestRunner::wait_for_thread},
      {"wait", &UnifiedTestRunner::wait},
      {"assertNumberConnectionsCheckedOut", &UnifiedTestRunner::assert_checked_out},
      {"recordTopologyDescription", &UnifiedTestRunner::record_topology},
      {"assertTopologyType", &UnifiedTestRunner::assert_topology_type},
      {"close", &UnifiedTestRunner::close},
  }};
  try {
    for (const auto& [name, method] : methods) {
      if (operation.name == name) return (this->*method)(operation);
    }
    return send(operation);
  } catch (const std::exception& error) {
    fail(operation, operation.name + ": " + error.what());
    return at_once();
  }
}

UnifiedClient& UnifiedTestRunner::client_of(const UnifiedOperation& operation) const {
  return entities_.client(text_argument(operation, "client"));
}

/// What is not observed never comes: to count it proves nothing.
UnifiedClient& UnifiedTestRunner::observed_by(const UnifiedOperation& operation) const {
  UnifiedClient& client = client_of(operation);
  const std::string& event = only_member(*operation.arguments.find("event")).key;
  if (!client.observes(event)) {
    throw std::invalid_argument("the client " + in_quotes(text_argument(operation, "client")) +
                                " does not observe " + event + "; add it to its observeEvents");
  }
  return client;
}

UnifiedWait UnifiedTestRunner::create_entities(const UnifiedOperation& operation) {
  entities_.create(operation.entities);
  return at_once();
}

UnifiedWait UnifiedTestRunner::set_fail_point(const UnifiedOperation& operation) {
  UnifiedOperation command = operation;
  command.name = "runCommand";
  command.arguments = object_of({{"command", *operation.arguments.find("failPoint")},
                                 {"commandName", Value("configureFailPoint")}});
  return send(operation, client_of(operation), command_for(command, "admin", ""));
}

UnifiedWait UnifiedTestRunner::wait_for_event(const UnifiedOperation& operation) {
  const UnifiedClient& observed = observed_by(operation);
  const Value& event = *operation.arguments.find("event");
  const std::int64_t wanted = integer_argument(operation, "count");
  return {.is_over = [&observed, &event, wanted] { return count_of(observed, event) >= wanted; },
          .until = world_.now() + wait_patience,
          .too_late =
              [&observed, &event, wanted] {
                return "expected " + to_text(event) + " " + std::to_string(wanted) +
                       " times within 10 s, but it came " +
                       std::to_string(count_of(observed, event)) + " times";
              }};
}

UnifiedWait UnifiedTestRunner::assert_event_count(const UnifiedOperation& operation) {
  const Value& event = *operation.arguments.find("event");
  const std::int64_t wanted = integer_argument(operation, "count");
  const std::int64_t came = count_of(observed_by(operation), event);
  if (came != wanted) {
    fail(operation, "assertEventCount: expected " + to_text(event) + " " + std::to_string(wanted) +
                        " times, but it came " + std::to_string(came) + " times");
  }
  return at_once();
}

UnifiedWait UnifiedTestRunner::run_on_thread(const UnifiedOperation& operation) {
  entities_.thread(text_argument(operation, "thread")).add(operation.on_thread.front());
  return at_once();
}

UnifiedWait UnifiedTestRunner::wait_for_thread(const UnifiedOperation& operation) {
  const UnifiedActor& thread = entities_.thread(text_argument(operation, "thread"));
  return {.is_over = [&thread] { return thread.is_idle(); },
          .until = world_.now() + wait_patience,
          .too_late = [] { return std::string("the thread has not ended within 10 s"); }};
}

UnifiedWait UnifiedTestRunner::wait(const UnifiedOperation& operation) {
  return {.until = world_.now() + std::chrono::milliseconds(integer_argument(operation, "ms"))};
}

UnifiedWait UnifiedTestRunner::assert_checked_out(const UnifiedOperation& operation) {
  std::int64_t in_use = 0;
  for (const PoolSnapshot& pool : client_of(operation).client().pools()) {
    in_use += pool.counts.in_use;
  }
  const std::int64_t wanted = integer_argument(operation, "connections");
  if (in_use != wanted) {
    fail(operation, "expected " + std::to_string(wanted) +
                        " connections to be checked out, but there are " + std::to_string(in_use));
  }
  return at_once();
}

UnifiedWait UnifiedTestRunner::record_topology(const UnifiedOperation& operation) {
  entities_.record(text_argument(operation, "id"), client_of(operation).client().description());
  return at_once();
}

UnifiedWait UnifiedTestRunner::assert_topology_type(const UnifiedOperation& operation) {
  const TopologyPtr topology = entities_.topology(text_argument(operation, "topologyDescription"));
  const std::string type(topology_type_name(topology->type));
  const std::string& wanted = text_argument(operation, "topologyType");
  if (type != wanted) {
    fail(operation, "expected the topology to be " + wanted + ", but it is " + type);
  }
  return at_once();
}

UnifiedWait UnifiedTestRunner::close(const UnifiedOperation& operation) {
  const auto is_closed = std::make_shared<bool>(false);
  entities_.client(operation.object).close([is_closed] { *is_closed = true; });
  return ending_with([is_closed] { return *is_closed; }, [this] { world_.settle(); });
}

UnifiedWait UnifiedTestRunner::send(const UnifiedOperation& operation) {
  const UnifiedTarget target = entities_.target(operation);
  UnifiedCommand command = command_for(operation, target.database, target.collection);
  if (command.kind == UnifiedCommand::Kind::read) command.read_preference = target.read_preference;
  return send(operation, target.client, std::move(command));
}

UnifiedWait UnifiedTestRunner::send(const UnifiedOperation& operation, UnifiedClient& client,
                                    UnifiedCommand command) {
  const auto outcome = std::make_shared<UnifiedOutcome>();
  const auto is_there = std::make_shared<bool>(false);
  client.run(std::move(command),
             [outcome, is_there, &operation](const ErrorPtr& error, const wire::Document& reply) {
               outcome->error = error;
               if (!error) outcome->result = result_of(operation, reply);
               *is_there = true;
             });
  return ending_with([is_there] { return *is_there; },
                     [this, outcome, &operation] {
                       for (Problem& each : compare_outcome(path_, operation, *outcome)) {
                         fail_(std::move(each));
                       }
                     });
}

UnifiedWait UnifiedTestRunner::ending_with(std::function<bool()> is_over,
                                           std::function<void()> conclude) const {
  return {.is_over = std::move(is_over),
          .until = world_.now() + operation_patience,
          .too_late = [] { return std::string("it has not ended within 60 s"); },
          .conclude = std::move(conclude)};
}

}  // namespace cmap::spec_tests
