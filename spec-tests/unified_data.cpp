// The same commands as a test's own operations send, one after the other.
#include "spec-tests/unified_data.hpp"

#include <optional>
#include <stdexcept>
#include <utility>

#include "spec-tests/unified_commands.hpp"
#include "spec-tests/unified_compare.hpp"

namespace cmap::spec_tests {

wire::Document UnifiedDataClient::ask(UnifiedCommand command) {
  if (!client_) client_ = std::make_unique<UnifiedClient>(world_, options_, UnifiedEntity{});
  const std::string name = command.name;
  std::optional<wire::Document> answer;
  ErrorPtr failure;
  client_->run(std::move(command), [&](const ErrorPtr& error, const wire::Document& reply) {
    answer = reply;
    failure = error;
  });
  const TimePoint until = world_.now() + operation_patience;
  while (!answer && world_.now() < until) world_.step(until);
  if (!answer || failure) {
    throw std::runtime_error(name + " of the test's data failed: " +
                             (failure ? failure->message : "there is no answer"));
  }
  return *answer;
}

void UnifiedDataClient::prepare(const std::vector<UnifiedData>& initial) {
  for (const UnifiedData& data : initial) {
    ask(collection_command("drop", data.database, data.collection));
    ask(data.documents.empty() ? collection_command("create", data.database, data.collection)
                               : insert_command(data.database, data.collection, data.documents));
  }
}

std::vector<Problem> UnifiedDataClient::compare(const std::string& path,
                                                const std::vector<UnifiedData>& expected) {
  std::vector<Problem> differences;
  for (const UnifiedData& data : expected) {
    const UnifiedOperation find{.name = "find"};
    const wire::Document reply =
        ask(find_command(data.database, data.collection, Value(Value::Object())));
    for (Problem& each : compare_contents(path, data, *result_of(find, reply).array())) {
      differences.push_back(std::move(each));
    }
  }
  return differences;
}

}  // namespace cmap::spec_tests
