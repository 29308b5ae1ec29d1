// Fail points, step-down, death and rebirth of members, and commands that need no more than an ok.
#include <utility>

#include "pool/wire/bson_builder.hpp"
#include "sim/real/serve/model/model.hpp"
#include "sim/real/serve/model/replies.hpp"

namespace cmap::serve {
namespace {

using wire::Document;
using wire::DocumentBuilder;

Document configure_fail_point(const Call& call) {
  auto fail_point = parse_fail_point(call.body());
  if (!fail_point) return error_reply(Code::bad_value, fail_point.error());
  FailPoints& mine = call.model.fail_points[call.connection.member];
  const std::int64_t count = mine.count();
  mine.set(*std::move(fail_point));
  return ok_reply(DocumentBuilder().int32("count", static_cast<std::int32_t>(count)));
}

Document step_down(const Call& call) {
  Deployment& deployment = call.model.deployment;
  if (deployment.kind() != Deployment::Kind::replica_set ||
      !deployment.is_primary(call.connection.member)) {
    return error_reply(Code::not_writable_primary, "not primary so can't step down");
  }
  deployment.step_down();
  call.model.wishes.push_back({.kind = Wish::Kind::elect});
  return ok_reply();
}

Document shut_down(const Call& call) {
  call.model.wishes.push_back({.kind = Wish::Kind::kill, .member = call.connection.member});
  return ok_reply();
}

/// `{cmapRestart: "127.0.0.1:31001"}`, sent to any member that is alive.
Document restart(const Call& call) {
  const auto member = call.model.deployment.member_of(call.target());
  if (!member) return error_reply(Code::bad_value, "there is no member " + call.target());
  call.model.wishes.push_back({.kind = Wish::Kind::restart, .member = *member});
  return ok_reply();
}

Document good(const Call&) { return ok_reply(); }

}  // namespace

void add_admin_commands(CommandTable& table) {
  table["configureFailPoint"] = {.handler = configure_fail_point};
  table["replSetStepDown"] = {.handler = step_down};
  table["shutdown"] = {.handler = shut_down};
  table["cmapRestart"] = {.handler = restart};
  for (const char* name :
       {"endSessions", "killAllSessions", "refreshSessions", "getParameter", "hostInfo"}) {
    table[name] = {.handler = good};
  }
}

}  // namespace cmap::serve
