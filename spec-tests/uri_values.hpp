// Parts of a parsed connection string as values, under the names that test files give them.
#pragma once

#include <optional>
#include <string_view>

#include "pool/client/connection_string.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

// Null for what is not set, nothing for a key that is not known.

/// `key`: the name of a URI option, in any case.
std::optional<Value> uri_option_value(const ConnectionString& read, std::string_view key);
/// "host", "port".
std::optional<Value> host_value(const Address& host, std::string_view key);
/// "username", "password", "source", "mechanism", "mechanism_properties".
std::optional<Value> credential_value(const wire::Credential& credential, std::string_view key);

}  // namespace cmap::spec_tests
