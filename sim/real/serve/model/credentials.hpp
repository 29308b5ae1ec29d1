// Who may authenticate, and what the server keeps instead of passwords.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pool/wire/scram.hpp"
#include "sim/real/serve/server_options.hpp"

namespace cmap::serve {

class Credentials {
 public:
  /// Throws std::invalid_argument for a name or password that cannot be.
  explicit Credentials(const std::vector<User>& users);

  [[nodiscard]] std::optional<wire::ScramCredential> find(wire::ScramMechanism mechanism,
                                                          std::string_view source,
                                                          std::string_view name) const;
  /// `full_name`: "source.name".
  [[nodiscard]] bool knows(std::string_view full_name) const;

 private:
  struct Entry {
    wire::ScramCredential sha1;
    wire::ScramCredential sha256;
  };
  std::map<std::string, Entry, std::less<>> entries_;  ///< by "source.name"
};

}  // namespace cmap::serve
