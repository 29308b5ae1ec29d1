// Words for troubles, and the memory of what was said.
#include "tools/cmap/server_notes.hpp"

#include <string_view>
#include <utility>
#include <variant>

namespace cmap::tools {
namespace {

constexpr Duration told_again = std::chrono::seconds(10);

std::string_view advice_on(NetworkFault fault, bool server_was_known) {
  switch (fault) {
    case NetworkFault::none:
      return "";
    case NetworkFault::refused:
      return "nobody listens there: is the server running?";
    case NetworkFault::reset:
    case NetworkFault::eof:
      return server_was_known ? "the server ended it: was it stopped?"
                              : "the server ended it: does it want TLS (tls=true), or none?";
    case NetworkFault::timeout:
      return "there is no answer: is the network cut, or the server stuck?";
    case NetworkFault::dns:
      return "is the name of the host right?";
    case NetworkFault::certificate:
      return "tlsCAFile names the authority to trust, tlsAllowInvalidHostnames=true accepts a "
             "certificate of another host";
    case NetworkFault::proxy:
      return "";
  }
  return "";
}

std::string_view advice_on(const Error& error, bool server_was_known) {
  switch (error.type) {
    case ErrorType::authentication:
      return "are user name, password and authSource right?";
    case ErrorType::protocol:
      return "is it a MongoDB server, and tls as it wants it?";
    case ErrorType::network:
      return advice_on(error.fault, server_was_known);
    case ErrorType::pool_cleared:
    case ErrorType::deadline_exceeded:
      return error.cause ? advice_on(*error.cause, server_was_known) : "";
    case ErrorType::pool_closed:
    case ErrorType::wait_queue_timeout:
    case ErrorType::cancelled:
    case ErrorType::command:
    case ErrorType::usage:
      return "";
  }
  return "";
}

}  // namespace

std::string explained(const Error& error, bool server_was_known) {
  const std::string_view advice = advice_on(error, server_was_known);
  return advice.empty() ? error.message : error.message + "; " + std::string(advice);
}

std::optional<std::string> ServerNotes::note(const TopologyEvent& event) {
  const auto* changed = std::get_if<ServerDescriptionChangedEvent>(&event.body);
  if (changed == nullptr) return std::nullopt;
  const ServerDescription& server = *changed->new_description;
  has_found_server_ |= server.type != ServerType::unknown;
  if (server.type == ServerType::unknown && !server.error) return std::nullopt;
  std::string words(" is ");
  words += server_type_name(server.type);
  if (server.error)
    words = " is unknown: " +
            explained(*server.error, changed->previous_description->type != ServerType::unknown);
  Told& told = told_[changed->address.text()];
  if (told.last == words) return std::nullopt;
  if (server.error) {
    const bool is_new = told.trouble != words || event.time - told.time_of_trouble >= told_again;
    if (!is_new) return std::nullopt;
    told.trouble = words;
    told.time_of_trouble = event.time;
  }
  told.last = words;
  return changed->address.text() + words;
}

}  // namespace cmap::tools
