// What a client tells servers about itself: the `client` document of the handshake (D-HS-5 to 7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pool/wire/bson.hpp"
#include "pool/wire/result.hpp"

namespace cmap::wire {

/// Servers refuse more.
inline constexpr std::size_t max_application_name = 128;
inline constexpr std::size_t max_client_metadata = 512;

/// Answers the value of an environment variable, nothing if it is not set.
using EnvironmentLookup = std::function<std::optional<std::string>(const char* name)>;

/// Where the client runs, if that is a function service or a container.
struct ClientEnvironment {
  std::string name;  ///< "aws.lambda", "azure.func", "gcp.func", "vercel"; empty: none of them
  std::optional<std::int32_t> timeout_sec{};
  std::optional<std::int32_t> memory_mb{};
  std::string region{};
  std::string container_runtime{};
  std::string container_orchestrator{};
  bool operator==(const ClientEnvironment&) const = default;
};

/// Reads it from environment variables; one that is empty counts as not set. `in_docker`: there is
/// a file /.dockerenv.
ClientEnvironment detect_environment(const EnvironmentLookup& lookup, bool in_docker);

/// A library that wraps the driver. Empty: not told.
struct DriverInfo {
  std::string name;
  std::string version{};
  std::string platform{};
  bool operator==(const DriverInfo&) const = default;
};

struct OperatingSystem {
  std::string type = "unknown";
  std::string name{};
  std::string architecture{};
  std::string version{};
};

/// A value; whoever changes it tells new connections only (D-HS-7).
class ClientMetadata {
 public:
  ClientMetadata(DriverInfo driver, OperatingSystem os, ClientEnvironment environment = {})
      : driver_(std::move(driver)), os_(std::move(os)), environment_(std::move(environment)) {}

  /// At most 128 bytes; empty is none, and there is no default.
  std::optional<Failure> set_application_name(std::string name);
  [[nodiscard]] const std::string& application_name() const { return application_name_; }

  /// Adds what a wrapping library says, behind a '|'. The same again adds nothing. Fails if a text
  /// has a '|' in it.
  std::optional<Failure> append(const DriverInfo& info);

  /// At most 512 bytes, for which the less important parts are left out or cut. The texts must be
  /// UTF-8, and are never cut inside of a character.
  [[nodiscard]] Document document() const;

 private:
  std::string application_name_;
  DriverInfo driver_;
  OperatingSystem os_;
  ClientEnvironment environment_;
  std::vector<DriverInfo> appended_;
};

}  // namespace cmap::wire
