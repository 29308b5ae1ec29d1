// What a server says about itself in its reply to hello.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pool/api/ids.hpp"
#include "pool/wire/bson.hpp"
#include "pool/wire/hello_command.hpp"

namespace cmap::wire {

/// A field that is missing or has a type that cannot be meant is left empty. Numbers may be of any
/// type of number, flags may be numbers.
struct HelloReply {
  bool ok = false;
  std::int32_t code = 0;
  std::string error_message;

  bool hello_ok = false;
  /// isWritablePrimary, or else ismaster.
  bool is_writable_primary = false;
  bool secondary = false;
  bool arbiter_only = false;
  bool hidden = false;
  bool is_replica_set = false;  ///< a member that has no configuration yet
  std::string message;          ///< "isdbgrid" of a mongos

  std::optional<std::string> set_name;
  std::vector<std::string> hosts;
  std::vector<std::string> passives;
  std::vector<std::string> arbiters;
  std::optional<std::string> me;
  std::optional<std::string> primary;
  std::optional<std::int64_t> set_version;
  std::optional<ObjectId> election_id;
  std::map<std::string, std::string> tags;
  std::optional<Date> last_write_date;

  std::int32_t min_wire_version = 0;
  std::int32_t max_wire_version = 0;
  std::int32_t max_bson_object_size = 16 * 1024 * 1024;
  std::int32_t max_message_size = 48'000'000;
  std::int32_t max_write_batch_size = 1000;
  std::optional<std::int64_t> logical_session_timeout_minutes;

  std::optional<TopologyVersion> topology_version;
  std::optional<ServiceId> service_id;
  std::optional<std::int64_t> connection_id;  ///< the server's number of this socket

  /// Set if the server listed them, even if none. Unknown names are no error (D-HS-8).
  std::optional<std::vector<std::string>> sasl_supported_mechs;
  std::optional<Document> speculative_authenticate;

  Document document;  ///< all of it

  /// Nothing to authenticate against (D-AU-1).
  [[nodiscard]] bool is_arbiter() const { return arbiter_only && set_name.has_value(); }

  static HelloReply from(Document document);
};

/// The topologyVersion of any reply, also of one that is an error.
std::optional<TopologyVersion> topology_version_of(DocumentView reply);

}  // namespace cmap::wire
