// A client of a unified test: what a driver has on top of Client, as far as tests need it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pool/client/client.hpp"
#include "sim/client/client_trace.hpp"
#include "sim/client/client_world.hpp"
#include "spec-tests/unified_events.hpp"
#include "spec-tests/unified_file.hpp"

namespace cmap::spec_tests {

struct UnifiedCommand {
  std::string name;  ///< its first key
  std::string database;
  wire::Document body;
  /// Reads and writes are tried once more where drivers do that (retryReads, retryWrites).
  enum class Kind : std::uint8_t { plain, read, write } kind = Kind::plain;
  /// Of a read; nothing: the primary.
  std::optional<ReadPreference> read_preference{};
};

/// No operation of a test takes so long: selection gives up after half of it.
inline constexpr Duration operation_patience = std::chrono::seconds(60);

/// How often a client checks its servers that does not say it: by default, or as often as it may,
/// as the format allows it where fail points are set.
enum class Heartbeats : std::uint8_t { as_given, often };

/// Where clients write down their events, for people.
struct UnifiedTrace {
  sim::ClientTrace* entries = nullptr;  ///< outlives the clients; null: nowhere
  TimePoint begin{};                    ///< of the test
};

/// With the reply, or with an error; an error of a document that was not written is one, too.
using UnifiedDone = std::function<void(const ErrorPtr& error, const wire::Document& reply)>;

/// Collects the events and log messages that its entity wants observed, and makes events of the
/// commands that it runs. For the thread of the world, which outlives it.
class UnifiedClient {
 public:
  /// Opens the client. Throws std::exception for options that cannot be.
  UnifiedClient(sim::ClientWorld& world, const sim::ClientWorldOptions& options,
                const UnifiedEntity& entity, Heartbeats heartbeats = Heartbeats::as_given,
                UnifiedTrace trace = {});

  /// `done` is called from inside of a step of the world.
  void run(UnifiedCommand command, UnifiedDone done);
  /// Ends the session of the commands that were run, as drivers do, then closes.
  void close(std::function<void()> done);

  [[nodiscard]] const std::vector<ObservedEvent>& events() const { return events_; }
  [[nodiscard]] const std::vector<Value>& log_messages() const { return log_messages_; }
  [[nodiscard]] const Client& client() const { return *client_; }
  /// Whether such events are collected.
  [[nodiscard]] bool observes(const std::string& event) const {
    return entity_.observed.contains(event);
  }
  /// Whether timeoutMS bounds its operations.
  [[nodiscard]] bool has_timeout() const;
  /// Of its options.
  [[nodiscard]] const ReadPreference& read_preference() const {
    return connection_.options.read_preference;
  }

 private:
  struct Running;

  [[nodiscard]] ClientHooks hooks();
  template <typename AnyEvent>
  void observe_event(const AnyEvent& event);
  void observe(ObservedEvent event);
  void observe_command(std::string_view event, const Running& running, Value detail,
                       std::string_view detail_key);
  void check_out(const std::shared_ptr<Running>& running);
  void send(const std::shared_ptr<Running>& running,
            const std::shared_ptr<ClientCheckOutResult>& checked_out);
  void receive(const std::shared_ptr<Running>& running, ErrorPtr error,
               const wire::Document& reply);
  void finish(const std::shared_ptr<Running>& running, ErrorPtr error, const wire::Document& reply);
  [[nodiscard]] bool can_try_again(const Running& running, const Error& error) const;

  sim::ClientWorld& world_;
  const UnifiedEntity entity_;
  const UnifiedTrace trace_;
  ConnectionString connection_;
  std::vector<ObservedEvent> events_;
  std::vector<Value> log_messages_;
  bool has_session_ = false;  ///< a server has answered one of its commands
  std::unique_ptr<Client> client_;
};

}  // namespace cmap::spec_tests
