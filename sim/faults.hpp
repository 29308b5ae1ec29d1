// What a simulated peer does, as data: scripts of establishments and the fail points of the server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pool/api/errors.hpp"
#include "pool/api/ids.hpp"
#include "pool/api/time.hpp"

namespace cmap::sim {

/// How one phase of an establishment goes.
struct PhaseScript {
  EstablishmentPhase phase = EstablishmentPhase::connect;
  Duration delay{0};                        ///< before the phase ends, well or badly
  NetworkFault fault = NetworkFault::none;  ///< a network error ends the phase
  std::int32_t error_code = 0;              ///< the server answers `ok: 0` (hello, authenticate)
  bool refused_credentials = false;         ///< authenticate: the server says no
  bool hang = false;                        ///< the phase never ends by itself
  bool garbage = false;                     ///< the peer answers what nobody can read
  bool operator==(const PhaseScript&) const = default;
};

/// How one establishment goes. Phases that are not listed succeed at once.
struct EstablishmentScript {
  std::vector<PhaseScript> phases;
  std::optional<ServiceId> service_id;  ///< as hello answers it
  /// `establish` itself fails: it throws, or it answers inside the call.
  enum class Inline : std::uint8_t { no, throws, fails, succeeds } answer_inline = Inline::no;
  /// The answer still arrives after the connection was closed: its transport cannot be cancelled.
  bool ignores_close = false;
  /// From `close` to `transport_closed`.
  Duration teardown{0};
  bool operator==(const EstablishmentScript&) const = default;
};

/// The failCommand fail point (`configureFailPoint`), as the server understands it.
struct FailPoint {
  enum class Mode : std::uint8_t { off, always_on, times, skip } mode = Mode::off;
  std::int64_t count = 0;  ///< of `times` and `skip`
  std::vector<std::string> fail_commands;
  bool close_connection = false;
  bool block_connection = false;
  Duration block_time{0};
  std::int32_t error_code = 0;  ///< 0: none
  std::vector<std::string> error_labels;
  std::optional<std::string> app_name;  ///< only connections of this application
  bool operator==(const FailPoint&) const = default;
};

/// The peer of a scenario.
struct ServerSetup {
  std::vector<FailPoint> fail_points;   ///< at most one of them is in force: the last one set
  std::optional<std::string> app_name;  ///< of the client, in its handshake
  bool tls = false;                     ///< establishments have the phase tls
  bool authentication = false;          ///< establishments have the phase authenticate
  /// For the connections 1, 2, 3, ... in order of creation; all after the last: no script.
  std::vector<EstablishmentScript> establishments;
  bool operator==(const ServerSetup&) const = default;
};

}  // namespace cmap::sim
