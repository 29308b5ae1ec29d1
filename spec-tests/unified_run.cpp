// Entities, the operations of the test runner, and the order of a test: data, operations, events,
// log messages, outcome.
#include "spec-tests/unified_run.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include "spec-tests/unified_actor.hpp"
#include "spec-tests/unified_client.hpp"
#include "spec-tests/unified_commands.hpp"
#include "spec-tests/unified_compare.hpp"

namespace cmap::spec_tests {
namespace {

/// As the format has it for waitForEvent and waitForThread.
constexpr Duration wait_patience = std::chrono::seconds(10);
/// No operation of a test takes so long: selection gives up after half of it.
constexpr Duration operation_patience = std::chrono::seconds(60);

const std::string& text_argument(const UnifiedOperation& operation, std::string_view key) {
  return *operation.arguments.find(key)->text();
}

std::int64_t integer_argument(const UnifiedOperation& operation, std::string_view key) {
  return *operation.arguments.find(key)->integer();
}

class UnifiedRun {
 public:
  UnifiedRun(const UnifiedFile& file, const UnifiedTest& test,
             const sim::ClientWorldOptions& options, const sim::ClientWorlds& worlds)
      : file_(file), test_(test), options_(options), world_(worlds.make(options)) {}

  std::vector<Problem> run() {
    try {
      prepare_data();
      create(file_.entities);
      run_operations();
      world_->settle();
      if (problems_.empty()) compare();
    } catch (const std::exception& error) {
      fail(test_.mark, error.what());
    }
    return std::move(problems_);
  }

 private:
  // --- Data ----------------------------------------------------------------------------------

  /// As a test's own operations are, but waiting.
  wire::Document ask(UnifiedCommand command) {
    if (!internal_) {
      internal_ = std::make_unique<UnifiedClient>(*world_, options_, UnifiedEntity{});
    }
    const std::string name = command.name;
    std::optional<wire::Document> answer;
    ErrorPtr failure;
    internal_->run(std::move(command), [&](const ErrorPtr& error, const wire::Document& reply) {
      answer = reply;
      failure = error;
    });
    const TimePoint until = world_->now() + operation_patience;
    while (!answer && world_->now() < until) world_->step(until);
    if (!answer || failure) {
      throw std::runtime_error(name + " of the test's data failed: " +
                               (failure ? failure->message : "there is no answer"));
    }
    return *answer;
  }

  void prepare_data() {
    for (const UnifiedData& data : file_.initial_data) {
      ask(collection_command("drop", data.database, data.collection));
      ask(data.documents.empty() ? collection_command("create", data.database, data.collection)
                                 : insert_command(data.database, data.collection, data.documents));
    }
  }

  // --- Entities ------------------------------------------------------------------------------

  void create(const std::vector<UnifiedEntity>& entities) {
    for (const UnifiedEntity& entity : entities) {
      if (!entities_.emplace(entity.id, &entity).second) {
        throw std::invalid_argument("there are two entities " + in_quotes(entity.id));
      }
      if (entity.kind == UnifiedEntity::Kind::client) {
        clients_[entity.id] = std::make_unique<UnifiedClient>(*world_, options_, entity);
      } else if (entity.kind == UnifiedEntity::Kind::thread) {
        threads_[entity.id];
      }
    }
  }

  const UnifiedEntity& entity(const std::string& id) const {
    const auto found = entities_.find(id);
    if (found == entities_.end()) {
      throw std::invalid_argument("there is no entity " + in_quotes(id));
    }
    return *found->second;
  }

  UnifiedClient& client(const std::string& id) const {
    const auto found = clients_.find(id);
    if (found == clients_.end()) throw std::invalid_argument("there is no client " + in_quotes(id));
    return *found->second;
  }
  UnifiedClient& client_of(const UnifiedOperation& operation) const {
    return client(text_argument(operation, "client"));
  }

  UnifiedActor& thread_of(const UnifiedOperation& operation) {
    const std::string& id = text_argument(operation, "thread");
    const auto found = threads_.find(id);
    if (found == threads_.end()) throw std::invalid_argument("there is no thread " + in_quotes(id));
    return found->second;
  }

  // --- Operations ----------------------------------------------------------------------------

  /// A thread that is still at work when the test itself has ended ends with it.
  void run_operations() {
    for (const UnifiedOperation& operation : test_.operations) main_.add(operation);
    while (problems_.empty() && (advance() || !main_.is_idle())) {
      if (problems_.empty() && !main_.is_idle()) world_->step(next_time());
    }
  }

  /// True if the test itself has come further.
  bool advance() {
    const auto begin = [this](const UnifiedOperation& operation) { return this->begin(operation); };
    const auto fail = [this](const UnifiedOperation& operation, const std::string& why) {
      this->fail(operation.mark, operation.name + ": " + why);
    };
    bool any = false;
    for (bool more = true; more && problems_.empty();) {
      more = main_.advance(world_->now(), begin, fail);
      for (auto& [id, thread] : threads_) more |= thread.advance(world_->now(), begin, fail);
      any |= more;
    }
    return any;
  }

  [[nodiscard]] TimePoint next_time() const {
    TimePoint next = main_.next_time();
    for (const auto& [id, thread] : threads_) next = std::min(next, thread.next_time());
    return next;
  }

  UnifiedWait begin(const UnifiedOperation& operation) {
    using Method = UnifiedWait (UnifiedRun::*)(const UnifiedOperation&);
    constexpr std::array<std::pair<std::string_view, Method>, 10> methods{{
        {"createEntities", &UnifiedRun::create_entities},
        {"failPoint", &UnifiedRun::set_fail_point},
        {"waitForEvent", &UnifiedRun::wait_for_event},
        {"assertEventCount", &UnifiedRun::assert_event_count},
        {"runOnThread", &UnifiedRun::run_on_thread},
        {"waitForThread", &UnifiedRun::wait_for_thread},
        {"wait", &UnifiedRun::wait},
        {"assertNumberConnectionsCheckedOut", &UnifiedRun::assert_checked_out},
        {"recordTopologyDescription", &UnifiedRun::record_topology},
        {"assertTopologyType", &UnifiedRun::assert_topology_type},
    }};
    try {
      for (const auto& [name, method] : methods) {
        if (operation.name == name) return (this->*method)(operation);
      }
      return operation.name == "close" ? close(operation) : send(operation);
    } catch (const std::exception& error) {
      fail(operation.mark, operation.name + ": " + error.what());
      return at_once();
    }
  }

  static UnifiedWait at_once() {
    return {.is_over = [] { return true; }};
  }

  UnifiedWait create_entities(const UnifiedOperation& operation) {
    create(operation.entities);
    return at_once();
  }

  UnifiedWait set_fail_point(const UnifiedOperation& operation) {
    UnifiedOperation command = operation;
    command.name = "runCommand";
    command.arguments = object_of({{"command", *operation.arguments.find("failPoint")},
                                   {"commandName", Value("configureFailPoint")}});
    return send(operation, client_of(operation), command_for(command, "admin", ""));
  }

  [[nodiscard]] static std::int64_t count(const UnifiedClient& client, const Value& event) {
    return std::ranges::count_if(client.events(),
                                 [&](const auto& each) { return is_event(event, each); });
  }

  UnifiedWait wait_for_event(const UnifiedOperation& operation) {
    const UnifiedClient& observed = client_of(operation);
    const Value& event = *operation.arguments.find("event");
    const std::int64_t wanted = integer_argument(operation, "count");
    return {.is_over = [&observed, &event, wanted] { return count(observed, event) >= wanted; },
            .until = world_->now() + wait_patience,
            .too_late =
                [&observed, &event, wanted] {
                  return "expected " + to_text(event) + " " + std::to_string(wanted) +
                         " times within 10 s, but it came " +
                         std::to_string(count(observed, event)) + " times";
                }};
  }

  UnifiedWait assert_event_count(const UnifiedOperation& operation) {
    const Value& event = *operation.arguments.find("event");
    const std::int64_t wanted = integer_argument(operation, "count");
    const std::int64_t came = count(client_of(operation), event);
    if (came != wanted) {
      fail(operation.mark, "assertEventCount: expected " + to_text(event) + " " +
                               std::to_string(wanted) + " times, but it came " +
                               std::to_string(came) + " times");
    }
    return at_once();
  }

  UnifiedWait run_on_thread(const UnifiedOperation& operation) {
    thread_of(operation).add(operation.on_thread.front());
    return at_once();
  }

  UnifiedWait wait_for_thread(const UnifiedOperation& operation) {
    const UnifiedActor& thread = thread_of(operation);
    return {.is_over = [&thread] { return thread.is_idle(); },
            .until = world_->now() + wait_patience,
            .too_late = [] { return std::string("the thread has not ended within 10 s"); }};
  }

  UnifiedWait wait(const UnifiedOperation& operation) {
    return {.until = world_->now() + std::chrono::milliseconds(integer_argument(operation, "ms"))};
  }

  UnifiedWait assert_checked_out(const UnifiedOperation& operation) {
    std::int64_t in_use = 0;
    for (const PoolSnapshot& pool : client_of(operation).client().pools()) {
      in_use += pool.counts.in_use;
    }
    const std::int64_t wanted = integer_argument(operation, "connections");
    if (in_use != wanted) {
      fail(operation.mark, "expected " + std::to_string(wanted) +
                               " connections to be checked out, but there are " +
                               std::to_string(in_use));
    }
    return at_once();
  }

  UnifiedWait record_topology(const UnifiedOperation& operation) {
    topologies_[text_argument(operation, "id")] = client_of(operation).client().description();
    return at_once();
  }

  UnifiedWait assert_topology_type(const UnifiedOperation& operation) {
    const TopologyPtr& topology = topologies_[text_argument(operation, "topologyDescription")];
    const std::string_view type = topology ? topology_type_name(topology->type) : "not recorded";
    const std::string& wanted = text_argument(operation, "topologyType");
    if (type != wanted) {
      fail(operation.mark,
           "expected the topology to be " + wanted + ", but it is " + std::string(type));
    }
    return at_once();
  }

  UnifiedWait close(const UnifiedOperation& operation) {
    const auto is_closed = std::make_shared<bool>(false);
    client(operation.object).close([is_closed] { *is_closed = true; });
    return ending_with([is_closed] { return *is_closed; }, [this] { world_->settle(); });
  }

  UnifiedWait send(const UnifiedOperation& operation) {
    std::string database;
    std::string collection;
    const UnifiedEntity* owner = &entity(operation.object);
    if (owner->kind == UnifiedEntity::Kind::collection) {
      collection = owner->name;
      owner = &entity(owner->parent);
    }
    if (owner->kind == UnifiedEntity::Kind::database) {
      database = owner->name;
      owner = &entity(owner->parent);
    }
    return send(operation, client(owner->id), command_for(operation, database, collection));
  }

  UnifiedWait send(const UnifiedOperation& operation, UnifiedClient& client,
                   UnifiedCommand command) {
    struct Outcome {
      bool is_there = false;
      ErrorPtr error;
      Value result;
    };
    const auto outcome = std::make_shared<Outcome>();
    client.run(std::move(command),
               [outcome, &operation](const ErrorPtr& error, const wire::Document& reply) {
                 *outcome = {.is_there = true,
                             .error = error,
                             .result = error ? Value() : result_of(operation, reply)};
               });
    return ending_with(
        [outcome] { return outcome->is_there; },
        [this, outcome, &operation] {
          add(compare_outcome(file_.path, operation, outcome->error, outcome->result));
        });
  }

  [[nodiscard]] UnifiedWait ending_with(std::function<bool()> is_over,
                                        std::function<void()> conclude) const {
    return {.is_over = std::move(is_over),
            .until = world_->now() + operation_patience,
            .too_late = [] { return std::string("it has not ended within 60 s"); },
            .conclude = std::move(conclude)};
  }

  // --- Expectations --------------------------------------------------------------------------

  void compare() {
    for (const UnifiedEventList& list : test_.events) {
      add(compare_events(file_.path, list, client(list.client).events()));
    }
    for (const UnifiedLogList& list : test_.logs) {
      add(compare_logs(file_.path, list, client(list.client).log_messages()));
    }
    for (const UnifiedData& data : test_.outcome) {
      const UnifiedOperation find{.name = "find"};
      const wire::Document reply =
          ask(find_command(data.database, data.collection, Value(Value::Object())));
      add(compare_contents(file_.path, data, *result_of(find, reply).array()));
    }
  }

  void add(std::vector<Problem> differences) {
    std::ranges::move(differences, std::back_inserter(problems_));
  }
  void fail(Mark mark, std::string message) {
    problems_.push_back({file_.path, mark, std::move(message)});
  }

  const UnifiedFile& file_;
  const UnifiedTest& test_;
  const sim::ClientWorldOptions options_;
  const std::unique_ptr<sim::ClientWorld> world_;
  std::unique_ptr<UnifiedClient> internal_;
  std::map<std::string, const UnifiedEntity*> entities_;
  std::map<std::string, std::unique_ptr<UnifiedClient>> clients_;
  std::map<std::string, UnifiedActor> threads_;
  std::map<std::string, TopologyPtr> topologies_;
  UnifiedActor main_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> run_unified_test(const UnifiedFile& file, const UnifiedTest& test,
                                      const sim::ClientWorldOptions& options,
                                      const sim::ClientWorlds& worlds) {
  return UnifiedRun(file, test, options, worlds).run();
}

}  // namespace cmap::spec_tests
