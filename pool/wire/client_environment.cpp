// Which function service or container this is, from environment variables.
#include <charconv>
#include <initializer_list>

#include "pool/wire/client_metadata.hpp"

namespace cmap::wire {
namespace {

class Variables {
 public:
  explicit Variables(const EnvironmentLookup& lookup) : lookup_(lookup) {}

  [[nodiscard]] std::string text(const char* name) const { return lookup_(name).value_or(""); }
  [[nodiscard]] bool has(const char* name) const { return !text(name).empty(); }
  /// Nothing also where it is no number: that is no error of the user.
  [[nodiscard]] std::optional<std::int32_t> number(const char* name) const {
    const std::string digits = text(name);
    std::int32_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
  }

 private:
  const EnvironmentLookup& lookup_;
};

/// Empty: none, or not clear which.
std::string function_service(const Variables& variables) {
  const bool aws = variables.text("AWS_EXECUTION_ENV").starts_with("AWS_Lambda_") ||
                   variables.has("AWS_LAMBDA_RUNTIME_API");
  const bool azure = variables.has("FUNCTIONS_WORKER_RUNTIME");
  const bool gcp = variables.has("K_SERVICE") || variables.has("FUNCTION_NAME");
  const bool vercel = variables.has("VERCEL");
  // Vercel runs on Lambda, and is the better answer.
  if (vercel && !azure && !gcp) return "vercel";
  if (vercel || aws + azure + gcp > 1) return {};
  if (aws) return "aws.lambda";
  if (azure) return "azure.func";
  if (gcp) return "gcp.func";
  return {};
}

}  // namespace

ClientEnvironment detect_environment(const EnvironmentLookup& lookup, bool in_docker) {
  const Variables variables(lookup);
  ClientEnvironment environment{.name = function_service(variables)};
  if (environment.name == "aws.lambda") {
    environment.region = variables.text("AWS_REGION");
    environment.memory_mb = variables.number("AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
  } else if (environment.name == "gcp.func") {
    environment.region = variables.text("FUNCTION_REGION");
    environment.memory_mb = variables.number("FUNCTION_MEMORY_MB");
    environment.timeout_sec = variables.number("FUNCTION_TIMEOUT_SEC");
  } else if (environment.name == "vercel") {
    environment.region = variables.text("VERCEL_REGION");
  }
  if (in_docker) environment.container_runtime = "docker";
  if (variables.has("KUBERNETES_SERVICE_HOST")) environment.container_orchestrator = "kubernetes";
  return environment;
}

}  // namespace cmap::wire
