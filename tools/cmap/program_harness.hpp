// For tests: runs the built program as a shell does, in a temporary folder with small scenarios.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "sim/real/temporary_folder.hpp"
#include "tools/cmap/console.hpp"

namespace cmap::tools {

inline constexpr std::string_view passing_scenario = R"(version: 1
style: unit
description: must become ready when it is told to
operations:
  - name: ready
  - name: wait
    ms: 20
events:
  - type: ConnectionPoolReady
    address: 42
ignore:
  - ConnectionPoolCreated
)";

/// Line 7 expects the wrong event.
inline constexpr std::string_view failing_scenario = R"(version: 1
style: unit
description: must fail here
operations:
  - name: ready
events:
  - type: ConnectionPoolClosed
    address: 42
ignore:
  - ConnectionPoolCreated
)";

/// One operation is misspelt in line 5.
inline constexpr std::string_view bad_scenario = R"(version: 1
style: unit
description: is no scenario
operations:
  - name: readyy
events: []
)";

/// Holds on the canonical schedule, where thread1 comes first, and not on all.
inline constexpr std::string_view racing_scenario = R"(version: 1
style: unit
description: must depend on the schedule
operations:
  - name: start
    target: thread1
  - name: start
    target: thread2
  - name: ready
    thread: thread1
  - name: close
    thread: thread2
  - name: wait
    ms: 5
events:
  - type: ConnectionPoolReady
    address: 42
  - type: ConnectionPoolClosed
    address: 42
ignore:
  - ConnectionPoolCreated
)";

inline constexpr std::string_view other_format = R"(description: no business of ours
endMS: 0
trace: []
)";

using sim::TemporaryFolder;

struct Ended {
  int status = -1;
  std::string out;
  std::string error;
};

/// Runs the program with `folder` as working directory and neither a checkout of the specifications
/// nor a terminal. `shell` goes before the program, `redirect` after its arguments.
class ProgramInFolder {
 public:
  explicit ProgramInFolder(std::string program) : program_(std::move(program)) {}

  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }
  void write(const std::string& name, std::string_view text) const { folder_.write(name, text); }

  Ended run(const std::vector<std::string>& arguments, const std::string& shell = {},
            const std::string& redirect = {}) const {
    std::string command = "cd " + shell_word(folder_.path().string()) +
                          " && unset CMAP_SPECIFICATIONS; " + shell + ' ' + shell_word(program_);
    for (const std::string& argument : arguments) command += ' ' + shell_word(argument);
    // Outside of the folder: it may be what is replayed.
    const std::string out = streams_.path().string() + "/out";
    const std::string error = streams_.path().string() + "/error";
    command = "{ " + command + ' ' + redirect + "; } >" + shell_word(out) + " 2>" +
              shell_word(error) + " </dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, streams_.read("out"),
            streams_.read("error")};
  }

 private:
  std::string program_;
  TemporaryFolder folder_;
  TemporaryFolder streams_;
};

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace cmap::tools
