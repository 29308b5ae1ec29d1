// Errors by which a server says that it is not, or soon not any more, what the client takes it for.
#pragma once

#include <cstdint>

#include "pool/api/errors.hpp"

namespace cmap {

enum class StateChange : std::uint8_t {
  none,
  not_primary,
  recovering,
  shutting_down,  ///< its pool is of no use any more
};

/// A code alone decides if there is one, the message otherwise. None for all but command errors.
[[nodiscard]] StateChange state_change(const Error& error);

}  // namespace cmap
