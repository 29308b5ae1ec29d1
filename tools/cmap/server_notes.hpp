// Says in words what becomes of the servers, once for every change: for people who watch.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "pool/api/errors.hpp"
#include "pool/topology/topology_events.hpp"

namespace cmap::tools {

/// One owner; told of every event.
class ServerNotes {
 public:
  /// A line without its end, if there is something new: "h:1 is RSPrimary", "h:1 is unknown: why;
  /// what to do". Of a server that comes and goes the same trouble is told every ten seconds.
  std::optional<std::string> note(const TopologyEvent& event);

  /// Whether any server was ever found.
  [[nodiscard]] bool has_found_server() const { return has_found_server_; }

 private:
  struct Told {
    std::string last;
    std::string trouble;
    TimePoint time_of_trouble{};
  };
  std::map<std::string, Told> told_;  ///< by address
  bool has_found_server_ = false;
};

/// What went wrong in words, and what to do about it where that is known. `server_was_known`: it
/// has worked before, so it is not for how it is spoken to.
std::string explained(const Error& error, bool server_was_known);

}  // namespace cmap::tools
