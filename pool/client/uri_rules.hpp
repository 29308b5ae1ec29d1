// The rules across the parts of a connection string (D-URI-7, F-12), and who the client then is.
#pragma once

#include <optional>
#include <string>

#include "pool/client/connection_string.hpp"
#include "pool/client/uri_options.hpp"
#include "pool/wire/result.hpp"

namespace cmap {

/// What stands in front of the @, decoded.
struct UserInfo {
  std::optional<std::string> user{};
  std::string password{};
};

/// Completes `result`, which has its hosts and its database, with what the options say; takes
/// their warnings and notes along. Nothing: it is good.
std::optional<wire::Failure> apply_options(UriOptions options, const UserInfo& user,
                                           ConnectionString& result);

}  // namespace cmap
