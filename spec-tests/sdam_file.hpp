// A file of server discovery: what servers answer and operations run into, phase by phase, and what
// is known then.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pool/topology/topology_core.hpp"
#include "pool/wire/command.hpp"
#include "spec-tests/object_reader.hpp"

namespace cmap::spec_tests {

struct SdamResponse {
  Address source;
  std::optional<wire::Document> reply;  ///< nothing: a network error
};

struct SdamApplicationError {
  enum class Type : std::uint8_t { network, timeout, command };
  Address address;
  Type type = Type::network;
  EstablishmentPhase phase = EstablishmentPhase::done;  ///< or hello
  std::optional<Generation> generation;                 ///< nothing: the pool's
  wire::CommandReply response;                          ///< with Type::command
};

struct SdamPhase {
  std::string description;  ///< may be empty
  std::vector<SdamResponse> responses;
  std::vector<SdamApplicationError> application_errors;
  /// Of topologies: topologyType, servers, ...; of events: `events`. Without extended JSON.
  Value outcome;
};

struct SdamFile {
  std::string path;
  std::string description;
  TopologyOptions topology;
  std::vector<SdamPhase> phases;
};

/// Unknown keys are problems, and so is whatever could never run.
SdamFile read_sdam_file(const Value& document, const std::string& path, Problems& problems);

}  // namespace cmap::spec_tests
