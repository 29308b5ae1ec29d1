// Test certificates in a folder that goes when they do.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "sim/real/serve/certificates.hpp"

namespace cmap::sim {

class TemporaryCertificates {
 public:
  /// Throws std::runtime_error where there is no room for temporary files.
  TemporaryCertificates() {
    std::string path = std::filesystem::temp_directory_path() / "cmap-XXXXXX";
    if (!mkdtemp(path.data())) throw std::runtime_error("cannot make a temporary folder");
    folder_ = path;
    files_ = serve::make_test_certificates(folder_);
  }
  ~TemporaryCertificates() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TemporaryCertificates(const TemporaryCertificates&) = delete;
  TemporaryCertificates& operator=(const TemporaryCertificates&) = delete;

  [[nodiscard]] const serve::TestCertificates& files() const { return files_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  serve::TestCertificates files_;
};

}  // namespace cmap::sim
