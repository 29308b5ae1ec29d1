// failCommand, as mongod does it.
#include "sim/server.hpp"

#include <algorithm>
#include <utility>

namespace cmap::sim {
namespace {

bool same_command(std::string_view a, std::string_view b) {
  const auto canonical = [](std::string_view name) {
    return name == "ismaster" ? std::string_view("isMaster") : name;
  };
  return canonical(a) == canonical(b);
}

}  // namespace

void Server::set(FailPoint fail_point) { fail_point_ = std::move(fail_point); }

std::optional<FailPointHit> Server::strike(std::span<const std::string_view> commands,
                                           const std::optional<std::string>& app_name) {
  if (fail_point_.mode == FailPoint::Mode::off) return std::nullopt;
  if (fail_point_.app_name && fail_point_.app_name != app_name) return std::nullopt;
  const std::string* command = struck(commands);
  if (!command) return std::nullopt;

  if (fail_point_.mode == FailPoint::Mode::skip && fail_point_.count > 0) {
    --fail_point_.count;
    return std::nullopt;
  }
  if (fail_point_.mode == FailPoint::Mode::times) {
    if (fail_point_.count == 0) return std::nullopt;
    --fail_point_.count;
  }
  return FailPointHit{
      .command = *command,
      .close_connection = fail_point_.close_connection,
      .block_time = fail_point_.block_connection ? fail_point_.block_time : Duration::zero(),
      .error_code = fail_point_.error_code,
      .labels = labels_from_names(fail_point_.error_labels)};
}

const std::string* Server::struck(std::span<const std::string_view> commands) const {
  for (const std::string_view command : commands) {
    for (const std::string& name : fail_point_.fail_commands) {
      if (same_command(name, command)) return &name;
    }
  }
  return nullptr;
}

ErrorLabel labels_from_names(std::span<const std::string> names) {
  ErrorLabel labels = ErrorLabel::none;
  for (const std::string& name : names) {
    if (name == "SystemOverloadedError") labels = labels | ErrorLabel::system_overloaded;
    if (name == "RetryableError") labels = labels | ErrorLabel::retryable;
    if (name == "TransientTransactionError") labels = labels | ErrorLabel::transient_transaction;
  }
  return labels;
}

}  // namespace cmap::sim
