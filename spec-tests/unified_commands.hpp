// The operations of unified tests as commands, and replies as their results.
#pragma once

#include <optional>
#include <string>

#include "spec-tests/unified_client.hpp"

namespace cmap::spec_tests {

/// Of a client, a database or a collection. `database` and `collection` are empty where the entity
/// has none. Throws std::invalid_argument for a document that cannot be one.
UnifiedCommand command_for(const UnifiedOperation& operation, const std::string& database,
                           const std::string& collection);
/// `reply` is a success.
Value result_of(const UnifiedOperation& operation, wire::DocumentView reply);

UnifiedCommand find_command(const std::string& database, const std::string& collection,
                            const Value& filter, const Value* limit = nullptr);
UnifiedCommand insert_command(const std::string& database, const std::string& collection,
                              std::vector<Value> documents, bool ordered = true);
/// `{NAME: COLLECTION}`: create, drop.
UnifiedCommand collection_command(std::string_view name, const std::string& database,
                                  const std::string& collection);

}  // namespace cmap::spec_tests
