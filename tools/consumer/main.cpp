// What a user's first program does with the installed headers and libraries; fails if they are not
// usable from outside the repository.
#include <iostream>

#include "pool/api/options.hpp"

int main() {
  cmap::PoolOptions options;
  options.min_pool_size = 7;
  const cmap::ResolvedPoolOptions resolved = cmap::resolve(options);
  std::cout << "pool of " << resolved.min_pool_size << " to " << resolved.max_pool_size
            << " connections\n";
  return resolved.min_pool_size == 7 ? 0 : 1;
}
