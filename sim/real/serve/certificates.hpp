// Certificates for tests: an authority, and what it signs. Never for anything else, because the
// keys lie beside them.
#pragma once

#include <filesystem>

namespace cmap::serve {

/// Files in PEM. Those that end in `key_file` have a private key with its certificate.
struct TestCertificates {
  std::filesystem::path ca_file;
  std::filesystem::path server_key_file;  ///< for localhost, 127.0.0.1 and ::1
  std::filesystem::path client_key_file;

  // For what must be refused.
  std::filesystem::path wrong_host_key_file;    ///< for example.invalid
  std::filesystem::path expired_key_file;       ///< for localhost, until yesterday
  std::filesystem::path other_ca_file;          ///< of an authority that has signed none of these
  std::filesystem::path other_server_key_file;  ///< for localhost, signed by the other one
  std::filesystem::path other_client_key_file;
};

/// The names of the files in `folder`, whether they are there or not.
TestCertificates test_certificates_in(const std::filesystem::path& folder);

/// Makes the folder and all files, unless all are there already: servers share a folder that way.
/// Throws std::runtime_error, or std::filesystem::filesystem_error.
TestCertificates make_test_certificates(const std::filesystem::path& folder);

}  // namespace cmap::serve
