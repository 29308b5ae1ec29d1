// Replies as servers shape them.
#include "sim/real/serve/model/replies.hpp"

#include <utility>

namespace cmap::serve {

std::string_view code_name(std::int32_t code) {
  // Also those that people like to put into fail points.
  switch (code) {
    case 2:
      return "BadValue";
    case 6:
      return "HostUnreachable";
    case 13:
      return "Unauthorized";
    case 14:
      return "TypeMismatch";
    case 18:
      return "AuthenticationFailed";
    case 43:
      return "CursorNotFound";
    case 48:
      return "NamespaceExists";
    case 59:
      return "CommandNotFound";
    case 73:
      return "InvalidNamespace";
    case 91:
      return "ShutdownInProgress";
    case 146:
      return "ExceededMemoryLimit";
    case 189:
      return "PrimarySteppedDown";
    case 238:
      return "NotImplemented";
    case 352:
      return "UnsupportedOpQueryCommand";
    case 462:
      return "IngressRequestRateLimitExceeded";
    case 10107:
      return "NotWritablePrimary";
    case 11000:
      return "DuplicateKey";
    case 11600:
      return "InterruptedAtShutdown";
    case 11602:
      return "InterruptedDueToReplStateChange";
    case 13435:
      return "NotPrimaryNoSecondaryOk";
    case 13436:
      return "NotPrimaryOrSecondary";
    default:
      return "";
  }
}

wire::Document ok_reply() { return wire::DocumentBuilder().number_double("ok", 1).build(); }

wire::Document ok_reply(wire::DocumentBuilder& reply) {
  return reply.number_double("ok", 1).build();
}

wire::Document error_reply(std::int32_t code, std::string_view message,
                           std::span<const std::string> labels) {
  wire::DocumentBuilder reply;
  reply.number_double("ok", 0).string("errmsg", message).int32("code", code);
  if (const std::string_view name = code_name(code); !name.empty()) reply.string("codeName", name);
  if (!labels.empty()) reply.array("errorLabels", labels);
  return reply.build();
}

std::string outcome_of(wire::DocumentView reply) {
  if (reply.find_flag("ok").value_or(false)) return "ok";
  std::string text = "error ";
  text += std::to_string(reply.find_whole_number("code").value_or(0));
  return text;
}

}  // namespace cmap::serve
