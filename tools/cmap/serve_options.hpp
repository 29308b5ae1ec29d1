// What the user asked `cmap serve` for, checked.
#pragma once

#include <filesystem>
#include <optional>

#include "sim/real/serve/server_options.hpp"

namespace cmap::tools {

struct ServeOptions {
  serve::ServerOptions server;
  /// Where test certificates are made, for what `server.tls` leaves empty.
  std::optional<std::filesystem::path> tls_folder;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

}  // namespace cmap::tools
