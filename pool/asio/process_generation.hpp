// How the real world notices that it was forked.
#pragma once

#include <cstdint>

namespace cmap {

/// Grows in the child of every fork(), never else. Costs no system call.
std::uint64_t current_process_generation();

}  // namespace cmap
