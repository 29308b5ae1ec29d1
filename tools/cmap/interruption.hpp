// Ctrl-C while something takes long.
#pragma once

namespace cmap::tools {

/// From now on SIGINT and SIGTERM only leave a note: what is under way may end first, and leave
/// nothing behind. A second signal ends the program at once.
void note_interruption();

/// True once there was such a signal. From any thread.
[[nodiscard]] bool was_interrupted();

}  // namespace cmap::tools
