// Test certificates in a folder that goes when they do.
#pragma once

#include <filesystem>

#include "sim/real/serve/certificates.hpp"
#include "sim/real/temporary_folder.hpp"

namespace cmap::sim {

class TemporaryCertificates {
 public:
  /// Throws std::runtime_error where there is no room for temporary files.
  TemporaryCertificates() : files_(serve::make_test_certificates(folder_.path())) {}

  [[nodiscard]] const serve::TestCertificates& files() const { return files_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  serve::TestCertificates files_;
};

}  // namespace cmap::sim
