// The data of a unified test, before and after it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "spec-tests/problem.hpp"
#include "spec-tests/unified_client.hpp"

namespace cmap::spec_tests {

/// Has a client of its own, made when it is needed first. For the thread of the world, which
/// outlives it. All functions wait, and throw std::runtime_error where a server refuses.
class UnifiedDataClient {
 public:
  UnifiedDataClient(sim::ClientWorld& world, const sim::ClientWorldOptions& options)
      : world_(world), options_(options) {}

  /// Afterwards there is this and nothing else in each of the collections.
  void prepare(const std::vector<UnifiedData>& initial);
  /// What differs.
  std::vector<Problem> compare(const std::string& path, const std::vector<UnifiedData>& expected);

 private:
  wire::Document ask(UnifiedCommand command);

  sim::ClientWorld& world_;
  const sim::ClientWorldOptions options_;
  std::unique_ptr<UnifiedClient> client_;
};

}  // namespace cmap::spec_tests
