// Errors as exceptions, for completion tokens that throw them.
#include "pool/asio/complete.hpp"

namespace cmap {

std::exception_ptr exception_of(ErrorPtr error) {
  if (!error) return nullptr;
  try {
    throw_error(std::move(error));
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace cmap
