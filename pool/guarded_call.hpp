// Calls what users give: what it throws must break nothing.
#pragma once

#include <exception>
#include <functional>

#include "pool/api/assert.hpp"

namespace cmap {

/// False if it threw; `failed` (may be empty) then sees the exception. What that throws is dropped:
/// nobody is left to tell.
template <typename Callback>
bool guarded_call(Callback&& callback, const std::function<void(std::exception_ptr)>& failed) {
  try {
    callback();
    return true;
  } catch (const AssertionFailed&) {
    throw;  // no exception of a user's
  } catch (...) {
    if (!failed) return false;
    try {
      failed(std::current_exception());
    } catch (...) {  // as it says above
    }
    return false;
  }
}

}  // namespace cmap
