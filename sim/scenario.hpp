// A scenario as plain data: what the runner reads from a file and what a generator composes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pool/api/events.hpp"
#include "pool/api/requests.hpp"
#include "sim/faults.hpp"

namespace cmap::sim {

/// Index into Scenario::actors. 0 is the main thread.
using ActorIndex = std::uint32_t;
inline constexpr ActorIndex main_actor = 0;
/// Index into Scenario::labels: a connection that an operation gives or takes.
using LabelIndex = std::uint32_t;

// The operations of the cmap-format files (B.2).
struct Start {
  ActorIndex target = main_actor;
  bool operator==(const Start&) const = default;
};
struct Wait {
  Duration duration{};
  bool operator==(const Wait&) const = default;
};
struct WaitForThread {
  ActorIndex target = main_actor;
  bool operator==(const WaitForThread&) const = default;
};
struct WaitForEvent {
  EventType event = EventType::pool_created;
  std::int64_t count = 1;
  std::optional<Duration> timeout;  ///< default: Scenario's default (R14)
  bool operator==(const WaitForEvent&) const = default;
};
struct CheckOut {
  std::optional<LabelIndex> label;
  std::optional<Duration> timeout;  ///< extension: a deadline on the whole check-out
  CheckOutPurpose purpose = CheckOutPurpose::other;
  /// Extension: the actor does not wait; `AwaitCheckOut` of the same label does. The outcome's
  /// error surfaces there.
  bool in_background = false;
  bool operator==(const CheckOut&) const = default;
};
struct CheckIn {
  LabelIndex connection = 0;
  bool operator==(const CheckIn&) const = default;
};
struct Clear {
  bool interrupt_in_use_connections = false;
  bool operator==(const Clear&) const = default;
};
struct Close {
  bool operator==(const Close&) const = default;
};
struct Ready {
  bool operator==(const Ready&) const = default;
};

// Operations that only the extension x-cmap can say.
/// Waits for a CheckOut with `in_background`.
struct AwaitCheckOut {
  LabelIndex label = 0;
  bool operator==(const AwaitCheckOut&) const = default;
};
/// Cancels a CheckOut, whoever waits for it; one that is over already is left alone.
struct Cancel {
  LabelIndex label = 0;
  bool operator==(const Cancel&) const = default;
};
/// Checks in the lease of a label that was checked in before.
struct CheckInAgain {
  LabelIndex connection = 0;
  bool operator==(const CheckInAgain&) const = default;
};
/// Checks in a lease of another pool (made for the purpose, its events are not recorded).
struct CheckInForeign {
  bool operator==(const CheckInForeign&) const = default;
};
struct ClearService {
  ServiceId service;
  bool operator==(const ClearService&) const = default;
};
struct ResetAfterFork {
  bool operator==(const ResetAfterFork&) const = default;
};
struct SetPurpose {
  LabelIndex connection = 0;
  CheckOutPurpose purpose = CheckOutPurpose::other;
  bool operator==(const SetPurpose&) const = default;
};
/// What is done on a connection in use fails. The error handler's verdict goes along (D.2).
struct FailInUse {
  LabelIndex connection = 0;
  NetworkFault fault = NetworkFault::reset;
  ErrorVerdict verdict = ErrorVerdict::keep;
  bool operator==(const FailInUse&) const = default;
};
/// The peer ends an available connection (or any other), by its id.
struct PeerCloses {
  ConnectionId connection = ConnectionId::none;
  NetworkFault fault = NetworkFault::eof;
  bool operator==(const PeerCloses&) const = default;
};
struct SetFailPoint {
  FailPoint fail_point;
  bool operator==(const SetFailPoint&) const = default;
};
/// Asserts about the inside of the pool; fields that are not set are not compared.
struct ExpectState {
  std::optional<PoolState> state;
  std::optional<std::int64_t> generation;
  std::optional<std::int64_t> pending, available, in_use, waiting;
  std::optional<std::int64_t> armed_deadlines;
  /// How often the transport was asked to interrupt a connection, so far.
  std::optional<std::int64_t> interrupts;
  /// Transports that were opened and not yet closed.
  std::optional<std::int64_t> open_transports;
  bool operator==(const ExpectState&) const = default;
};

using OperationBody =
    std::variant<Start, Wait, WaitForThread, WaitForEvent, CheckOut, CheckIn, Clear, Close, Ready,
                 AwaitCheckOut, Cancel, CheckInAgain, CheckInForeign, ClearService, ResetAfterFork,
                 SetPurpose, FailInUse, PeerCloses, SetFailPoint, ExpectState>;

struct Operation {
  ActorIndex actor = main_actor;
  OperationBody body;
  /// Extension: an error is expected here; the actor goes on after it, and the runner compares it.
  /// Without it, an error ends the actor (R3).
  bool error_expected = false;
  std::uint32_t line = 0;  ///< in the file, from 1; 0: not from a file

  /// Where it stands does not count.
  bool operator==(const Operation& other) const {
    return actor == other.actor && body == other.body && error_expected == other.error_expected;
  }
};

/// What a listener does on its `occurrence`-th event (from 1) of a type: it calls a pool operation,
/// lets time pass, or throws (bugs.md: REENTRANCY).
struct ListenerAction {
  EventType event = EventType::pool_created;
  std::int64_t occurrence = 1;
  enum class What : std::uint8_t { operate, spend_time, throw_exception } what = What::operate;
  /// With `operate`: Clear, Close, Ready, CheckOut (never awaited; in the background), CheckIn (of
  /// what is held at that moment; else nothing), Cancel.
  OperationBody operation = Ready{};
  Duration time{};  ///< with `spend_time`
  bool operator==(const ListenerAction&) const = default;
};

struct Scenario {
  std::string name;  ///< of the file without its ending, or of the generator's run
  PoolOptions options;
  ServerSetup server;
  std::vector<std::string> actors{"main"};
  std::vector<std::string> labels;
  std::vector<Operation> operations;
  std::vector<ListenerAction> listener_actions;
  Duration wait_for_event_timeout = std::chrono::seconds(10);  ///< R14
  /// What is expected depends on exact times: on a real clock it may come otherwise.
  bool needs_virtual_clock = false;
  bool operator==(const Scenario&) const = default;
};

/// As the file names it: "checkOut", "waitForEvent", ...; extensions as under x-cmap.
std::string_view operation_name(const OperationBody& body);

}  // namespace cmap::sim
