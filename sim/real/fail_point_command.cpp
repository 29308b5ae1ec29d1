// Only what is set is sent: servers refuse an error code of 0.
#include "sim/real/fail_point_command.hpp"

#include <chrono>

#include "pool/wire/bson_builder.hpp"

namespace cmap::sim {
namespace {

using Mode = FailPoint::Mode;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

void add_mode(wire::DocumentBuilder& command, const FailPoint& fail_point) {
  switch (fail_point.mode) {
    case Mode::off:
      command.string("mode", "off");
      return;
    case Mode::always_on:
      command.string("mode", "alwaysOn");
      return;
    case Mode::times:
    case Mode::skip: {
      const char* const name = fail_point.mode == Mode::times ? "times" : "skip";
      command.document("mode", wire::DocumentBuilder().int64(name, fail_point.count).build());
      return;
    }
  }
}

wire::Document data_of(const FailPoint& fail_point) {
  wire::DocumentBuilder data;
  data.array("failCommands", fail_point.fail_commands);
  if (fail_point.close_connection) data.boolean("closeConnection", true);
  if (fail_point.block_connection) {
    data.boolean("blockConnection", true);
    data.int64("blockTimeMS", duration_cast<milliseconds>(fail_point.block_time).count());
  }
  if (fail_point.error_code != 0) data.int32("errorCode", fail_point.error_code);
  if (!fail_point.error_labels.empty()) data.array("errorLabels", fail_point.error_labels);
  if (fail_point.app_name) data.string("appName", *fail_point.app_name);
  return data.build();
}

}  // namespace

wire::Document configure_fail_point(const FailPoint& fail_point) {
  wire::DocumentBuilder command;
  command.string("configureFailPoint", "failCommand");
  add_mode(command, fail_point);
  if (fail_point.mode != Mode::off) command.document("data", data_of(fail_point));
  return command.build();
}

}  // namespace cmap::sim
