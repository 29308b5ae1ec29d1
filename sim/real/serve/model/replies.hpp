// Replies that are the same for every command: success without more, and errors.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "pool/wire/bson_builder.hpp"

namespace cmap::serve {

/// The codes that the server answers with, by the names that go with them.
enum class Code : std::int32_t {
  bad_value = 2,
  unauthorized = 13,
  type_mismatch = 14,
  authentication_failed = 18,
  cursor_not_found = 43,
  namespace_exists = 48,
  command_not_found = 59,
  invalid_namespace = 73,
  exceeded_memory_limit = 146,
  not_implemented = 238,
  unsupported_op_query_command = 352,
  not_writable_primary = 10107,
  duplicate_key = 11000,
  not_primary_no_secondary_ok = 13435,
};

/// Empty for a code without a name here.
std::string_view code_name(std::int32_t code);

/// `ok: 1`, behind what `reply` has.
wire::Document ok_reply();
wire::Document ok_reply(wire::DocumentBuilder& reply);
wire::Document error_reply(std::int32_t code, std::string_view message,
                           std::span<const std::string> labels = {});
inline wire::Document error_reply(Code code, std::string_view message) {
  return error_reply(static_cast<std::int32_t>(code), message);
}
/// For logs: "ok", "error 13".
std::string outcome_of(wire::DocumentView reply);

}  // namespace cmap::serve
