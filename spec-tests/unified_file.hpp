// A file of the unified test format as plain values, and what of it this client cannot do.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pool/api/read_preference.hpp"
#include "pool/logger.hpp"
#include "sim/client/client_world.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

struct UnifiedEntity {
  enum class Kind : std::uint8_t { client, database, collection, thread } kind = Kind::client;
  Mark mark{};
  std::string id{};
  std::string parent{};  ///< the client of a database, the database of a collection
  std::string name{};    ///< of a database or collection
  std::optional<ReadPreference> read_preference{};  ///< of a database or collection
  // Of a client.
  std::string uri_options{};         ///< "appname=x&retryWrites=false"
  std::set<std::string> observed{};  ///< "poolClearedEvent", ...
  bool needs_mongoses = false;       ///< where there are any: more than one
  LogSettings logs{};                ///< the levels that are collected of each component
};

/// `expectError`: all that is given must hold.
struct UnifiedError {
  Mark mark{};
  std::optional<bool> is_client_error{}, is_timeout_error{};
  std::optional<std::string> contains{};  ///< in either case
  std::optional<std::int64_t> code{};
  std::vector<std::string> labels{}, labels_omitted{};
};

/// Arguments were checked: those that an operation needs are there, and have their types.
struct UnifiedOperation {
  Mark mark{};
  std::string name{};
  std::string object{};  ///< the id of an entity, or "testRunner"
  /// What such an entity is.
  UnifiedEntity::Kind of = UnifiedEntity::Kind::client;
  Value arguments{};
  std::vector<UnifiedEntity> entities{};      ///< of createEntities
  std::vector<UnifiedOperation> on_thread{};  ///< of runOnThread: one
  std::optional<UnifiedError> error{};
  std::optional<Value> result{};
};

enum class UnifiedEventKind : std::uint8_t { command, cmap, sdam };

/// `expectEvents` of one client and one kind. Each event is an object with one key, its name.
struct UnifiedEventList {
  Mark mark{};
  std::string client{};
  UnifiedEventKind kind = UnifiedEventKind::command;
  std::vector<Value> events{};
  bool ignores_extra = false;
};

/// `expectLogMessages` of one client.
struct UnifiedLogList {
  Mark mark{};
  std::string client{};
  std::vector<Value> messages{};
  std::vector<Value> ignored{};
  bool ignores_extra = false;
};

/// The contents of one collection, before or after a test.
struct UnifiedData {
  Mark mark{};
  std::string database{};
  std::string collection{};
  std::vector<Value> documents{};
};

struct UnifiedTest {
  Mark mark{};
  std::string description{};
  /// What it needs that is not to be had here; empty: nothing.
  std::string misfit{};
  std::vector<UnifiedOperation> operations{};
  bool sets_fail_points = false;
  std::vector<UnifiedEventList> events{};
  std::vector<UnifiedLogList> logs{};
  std::vector<UnifiedData> outcome{};
  /// Where it is to be run: for each topology that its requirements allow, with authentication only
  /// if they demand it. Not empty without a misfit.
  std::vector<sim::ClientWorldOptions> worlds{};
};

struct UnifiedFile {
  std::string path{};
  std::vector<UnifiedEntity> entities{};
  std::vector<UnifiedData> initial_data{};
  std::vector<UnifiedTest> tests{};
};

/// Whatever is not as the format wants it is a problem; what is in order, but not to be had here,
/// is a misfit of its test, or of all tests.
UnifiedFile read_unified_file(const Value& document, const std::string& path, Problems& problems);

/// The only member of an expected event: its name and its fields.
inline const Member& only_member(const Value& value) { return value.object()->front(); }

}  // namespace cmap::spec_tests
