// Folds events into a digest.
#pragma once

#include "pool/api/events.hpp"
#include "sim/digest.hpp"

namespace cmap::sim {

/// Folds all fields of the event: address, time, counts, type and body. Of an error: its type,
/// labels, code and message, not its cause.
void fold_event(Digest& digest, const Event& event);

/// Null folds too, as something that no error is.
void fold_error(Digest& digest, const ErrorPtr& error);

}  // namespace cmap::sim
