// What a process owes the shell that started it.
#pragma once

namespace cmap::tools {

/// A reader that goes away does not kill the program, and no file that is opened later becomes
/// standard output because that was closed.
void prepare_process();

}  // namespace cmap::tools
