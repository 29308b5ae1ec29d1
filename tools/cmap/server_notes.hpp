// Says in words what becomes of the servers, once for every change: for people who watch.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pool/api/errors.hpp"
#include "pool/topology/topology_events.hpp"
#include "pool/wire/credential.hpp"

namespace cmap::tools {

/// One owner; told of every event.
class ServerNotes {
 public:
  /// `mechanism`: of the login; nothing if it is negotiated, or there is none.
  explicit ServerNotes(std::optional<wire::AuthenticationMechanism> mechanism = std::nullopt)
      : mechanism_(mechanism) {}

  /// A line without its end, if there is something new: "h:1 is RSPrimary", "h:1 is unknown: why;
  /// what to do", "h:1 is left out: why". Of a server that comes and goes the same trouble is told
  /// every ten seconds.
  std::optional<std::string> note(const TopologyEvent& event);

  /// The servers that nothing is known of, not even an error.
  [[nodiscard]] std::vector<std::string> silent_servers() const;

 private:
  struct Told {
    ServerPtr server{};  ///< as it was last
    std::string last{};
    std::string trouble{};
    TimePoint time_of_trouble{};
  };
  std::optional<std::string> note(const ServerDescriptionChangedEvent& event, TimePoint time);
  std::optional<std::string> note(const ServerClosedEvent& event);

  const std::optional<wire::AuthenticationMechanism> mechanism_;
  std::map<std::string, Told> told_;  ///< by address
  std::set<std::string> answered_;    ///< addresses that were ever known, left out or not
  TopologyPtr topology_{};            ///< as it was last
};

/// What went wrong in words, and what to do about it where that is known. `server_was_known`: it
/// has worked before, so it is not for how it is spoken to. `mechanism`: as for ServerNotes.
std::string explained(const Error& error, bool server_was_known,
                      std::optional<wire::AuthenticationMechanism> mechanism = std::nullopt);

}  // namespace cmap::tools
