// Operations, of threads and of the listener.
#include <array>
#include <variant>

#include "spec-tests/writers.hpp"

namespace cmap::spec_tests {
namespace {

/// The variant lists those of the format first.
bool has_extended_name(const sim::OperationBody& body) {
  static const std::size_t last_of_format = sim::OperationBody(sim::Ready{}).index();
  return body.index() > last_of_format;
}

std::string_view purpose_name(CheckOutPurpose purpose) {
  switch (purpose) {
    case CheckOutPurpose::other:
      return "other";
    case CheckOutPurpose::cursor:
      return "cursor";
    case CheckOutPurpose::transaction:
      return "transaction";
  }
  return {};
}

std::string_view pool_state_name(PoolState state) {
  switch (state) {
    case PoolState::paused:
      return "paused";
    case PoolState::ready:
      return "ready";
    case PoolState::closed:
      return "closed";
  }
  return {};
}

/// The fields of an operation: those of the format, and those of the extension, which for a
/// listener are at the same place.
class FieldWriter {
 public:
  FieldWriter(const sim::Scenario& scenario, Keys& standard, Keys& extended)
      : scenario_(scenario), standard_(standard), extended_(extended) {}

  void operator()(const sim::Start& operation) { add_target(operation.target); }
  void operator()(const sim::Wait& operation) {
    (is_whole_milliseconds(operation.duration) ? standard_ : extended_)
        .add_time("ms", operation.duration);
  }
  void operator()(const sim::WaitForThread& operation) { add_target(operation.target); }
  void operator()(const sim::WaitForEvent& operation) {
    standard_.add_text("event", event_name(operation.event));
    standard_.add_number("count", operation.count);
    if (!operation.timeout) return;
    if (is_whole_milliseconds(*operation.timeout)) {
      standard_.add_time("timeout", *operation.timeout);
    } else {
      extended_.add_time("timeoutMS", *operation.timeout);
    }
  }
  void operator()(const sim::CheckOut& operation) {
    if (operation.label) standard_.add_text("label", scenario_.labels[*operation.label]);
    // A listener's is always in the background.
    if (&standard_ != &extended_) extended_.add_flag("background", operation.in_background);
    if (operation.timeout) extended_.add_time("timeoutMS", *operation.timeout);
    if (operation.purpose != CheckOutPurpose::other) {
      extended_.add_text("purpose", purpose_name(operation.purpose));
    }
  }
  void operator()(const sim::CheckIn& operation) { add_label(standard_, operation.connection); }
  void operator()(const sim::Clear& operation) {
    standard_.add_flag("interruptInUseConnections", operation.interrupt_in_use_connections);
  }
  void operator()(const sim::Close&) {}
  void operator()(const sim::Ready&) {}

  void operator()(const sim::AwaitCheckOut& operation) { add_label(extended_, operation.label); }
  void operator()(const sim::Cancel& operation) { add_label(extended_, operation.label); }
  void operator()(const sim::CheckInAgain& operation) {
    add_label(extended_, operation.connection);
  }
  void operator()(const sim::CheckInForeign&) {}
  void operator()(const sim::ClearService& operation) {
    extended_.add_text("serviceId", operation.service.to_hex());
  }
  void operator()(const sim::ResetAfterFork&) {}
  void operator()(const sim::SetPurpose& operation) {
    add_label(extended_, operation.connection);
    extended_.add_text("purpose", purpose_name(operation.purpose));
  }
  void operator()(const sim::FailInUse& operation) {
    add_label(extended_, operation.connection);
    extended_.add_text("fault", fault_name(operation.fault));
    if (operation.verdict == ErrorVerdict::clear) extended_.add_text("verdict", "clear");
  }
  void operator()(const sim::PeerCloses& operation) {
    extended_.add_number("connectionId", number(operation.connection));
    extended_.add_text("fault", fault_name(operation.fault));
  }
  void operator()(const sim::SetFailPoint& operation) {
    extended_.add("failPoint", write_fail_point(operation.fail_point).value());
  }
  void operator()(const sim::ExpectState& operation) {
    if (operation.state) extended_.add_text("state", pool_state_name(*operation.state));
    extended_.add_number("generation", operation.generation);
    extended_.add_number("pending", operation.pending);
    extended_.add_number("available", operation.available);
    extended_.add_number("inUse", operation.in_use);
    extended_.add_number("waiting", operation.waiting);
    extended_.add_number("armedDeadlines", operation.armed_deadlines);
    extended_.add_number("interrupts", operation.interrupts);
    extended_.add_number("openTransports", operation.open_transports);
  }

 private:
  void add_target(sim::ActorIndex target) {
    standard_.add_text("target", scenario_.actors[target]);
  }
  void add_label(Keys& keys, sim::LabelIndex label) {
    keys.add_text("connection", scenario_.labels[label]);
  }

  const sim::Scenario& scenario_;
  Keys& standard_;
  Keys& extended_;
};

}  // namespace

Keys write_operation(const sim::Scenario& scenario, const sim::Operation& operation,
                     const Value* error) {
  Keys standard;
  Keys extended;
  const bool manages_threads = std::holds_alternative<sim::Start>(operation.body) ||
                               std::holds_alternative<sim::WaitForThread>(operation.body);
  (has_extended_name(operation.body) ? extended : standard)
      .add_text("name", sim::operation_name(operation.body));
  if (operation.actor != sim::main_actor) {
    (manages_threads ? extended : standard).add_text("thread", scenario.actors[operation.actor]);
  }
  std::visit(FieldWriter(scenario, standard, extended), operation.body);
  if (error != nullptr) extended.add("error", *error);
  standard.add_object("x-cmap", std::move(extended));
  return standard;
}

Keys write_listener_action(const sim::Scenario& scenario, const sim::ListenerAction& action) {
  using Does = sim::ListenerAction::What;
  Keys keys;
  keys.add_text("on", event_name(action.event));
  if (action.occurrence != 1) keys.add_number("occurrence", action.occurrence);
  Keys operation;
  switch (action.what) {
    case Does::operate:
      operation.add_text("name", sim::operation_name(action.operation));
      std::visit(FieldWriter(scenario, operation, operation), action.operation);
      keys.add_object("do", std::move(operation));
      break;
    case Does::spend_time:
      keys.add_time("spendMS", action.time);
      break;
    case Does::throw_exception:
      keys.add_flag("throw", true);
      break;
  }
  return keys;
}

}  // namespace cmap::spec_tests
