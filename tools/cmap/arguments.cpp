// Values that more than one command takes.
#include "tools/cmap/arguments.hpp"

#include <chrono>
#include <random>

#include "sim/reference_model/reference_model.hpp"
#include "sim/world.hpp"
#include "tools/cmap/commands.hpp"

namespace cmap::tools {
namespace {

/// Nothing if it is not one.
std::optional<Duration> unit_of(std::string_view unit) {
  using namespace std::chrono_literals;
  if (unit == "ms") return 1ms;
  if (unit.empty() || unit == "s") return 1s;
  if (unit == "m") return 1min;
  if (unit == "h") return 1h;
  return std::nullopt;
}

constexpr std::string_view broken = "broken:";

std::string broken_pools() {
  std::string text;
  for (const sim::Defect defect : sim::every_defect()) {
    if (!text.empty()) text += ", ";
    text += broken;
    text += sim::defect_name(defect);
  }
  return text;
}

}  // namespace

std::uint64_t integer_of(std::string_view option, std::string_view text, std::uint64_t least) {
  const auto value = number_of<std::uint64_t>(text);
  if (value && *value >= least) return *value;
  throw BadUse(unexpected(option, text, "an integer from " + std::to_string(least)));
}

Duration time_of(std::string_view option, std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto unit = unit_of(text.substr(digits));
  const auto count = number_of<std::uint32_t>(text.substr(0, digits));
  if (unit && count && *count > 0) return *count * *unit;
  throw BadUse(unexpected(option, text, "a time such as 500ms, 10s, 2m or 1h"));
}

std::uint64_t any_seed() {
  std::random_device source;
  return source() & 0xFFFFFFU;
}

sim::PoolFactory pool_factory(const std::string& name) {
  if (name == "connection-pool") return sim::connection_pool();
  if (name == "reference-model") return sim::reference_model();
  if (name.starts_with(broken)) {
    const auto defect = sim::defect_named(std::string_view(name).substr(broken.size()));
    if (defect) return sim::broken_reference_model(*defect);
  }
  throw BadUse(unexpected("--pool", name, "connection-pool or reference-model"),
               "or a broken model, which must be found out: " + broken_pools());
}

}  // namespace cmap::tools
