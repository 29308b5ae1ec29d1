// The program `cmap`.
#include <exception>

#include "tools/cmap/console.hpp"
#include "tools/cmap/process.hpp"
#include "tools/cmap/program.hpp"

int main(int argc, char** argv) {
  using cmap::tools::ExitStatus;
  cmap::tools::prepare_process();
  try {
    return static_cast<int>(cmap::tools::run_program(argc, argv));
  } catch (const std::exception& error) {
    cmap::tools::Console("cmap").error(error.what());
    return static_cast<int>(ExitStatus::bad_use);
  }
}
