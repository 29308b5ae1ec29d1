// Ctrl-C while something takes long.
#pragma once

#include <chrono>

namespace cmap::tools {

/// From now on SIGINT and SIGTERM only leave a note: what is under way may end first, and leave
/// nothing behind. A second signal ends the program at once.
void note_interruption();

/// From now on SIGINT and SIGTERM wait for `wait_for_interruption`, on this thread and on those
/// that it will make.
void hold_interruption();

/// Whether one came within `time`. Then the next one ends the program at once.
[[nodiscard]] bool wait_for_interruption(std::chrono::milliseconds time);

/// True once there was such a signal. From any thread.
[[nodiscard]] bool was_interrupted();

}  // namespace cmap::tools
