// Authorities and certificates by OpenSSL, with keys on P-256, which take no time to make.
#include "sim/real/serve/certificates.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace cmap::serve {
namespace {

template <typename Type, void (*free_it)(Type*)>
struct Freed {
  void operator()(Type* object) const { free_it(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION, X509_EXTENSION_free>>;

struct Identity {
  Key key;
  Certificate certificate;
};

constexpr long day_in_seconds = 24L * 60 * 60;
constexpr long ten_years = 3650 * day_in_seconds;

void succeed(bool success, const char* what) {
  if (!success) throw std::runtime_error(std::string("OpenSSL cannot ") + what);
}

void add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  succeed(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "add an extension");
}

void set_name(X509* certificate, const std::string& common_name) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto add = [&](const char* field, const std::string& value) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(value.c_str());
    succeed(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes, -1, -1, 0) == 1,
            "name a certificate");
  };
  add("O", "cmap");
  add("CN", common_name);
}

struct Subject {
  std::string name;
  const char* hosts = nullptr;  ///< null: for a client
  long begins = -day_in_seconds;
  long ends = ten_years;
};

/// Key, serial number, name and validity; neither issuer nor signature.
Identity begin(const Subject& subject) {
  Identity made{Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")), Certificate(X509_new())};
  succeed(made.key && made.certificate, "make a key");
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  std::array<unsigned char, 8> number{};
  succeed(RAND_bytes(number.data(), static_cast<int>(number.size())) == 1, "draw a number");
  std::uint64_t serial = 0;
  for (const unsigned char byte : number) serial = (serial << 8) | byte;
  // Positive, and not zero.
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), (serial >> 1) | 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), subject.begins);
  X509_gmtime_adj(X509_getm_notAfter(certificate), subject.ends);
  set_name(certificate, subject.name);
  succeed(X509_set_pubkey(certificate, made.key.get()) == 1, "set a public key");
  return made;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  succeed(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1, "set an issuer");
  succeed(X509_sign(certificate, key, EVP_sha256()) > 0, "sign a certificate");
}

Identity make_authority(const std::string& name) {
  Identity made = begin({.name = name});
  X509* certificate = made.certificate.get();
  add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
  sign(certificate, certificate, made.key.get());
  return made;
}

Identity issue(const Identity& authority, const Subject& subject) {
  Identity made = begin(subject);
  X509* certificate = made.certificate.get();
  X509* issuer = authority.certificate.get();
  add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
  add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
  add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
  add_extension(certificate, issuer, NID_ext_key_usage,
                subject.hosts ? "serverAuth" : "clientAuth");
  if (subject.hosts) add_extension(certificate, issuer, NID_subject_alt_name, subject.hosts);
  sign(certificate, issuer, authority.key.get());
  return made;
}

/// To a file of its own first: nobody ever reads half of one.
template <typename Write>
void write_file(const std::filesystem::path& path, Write write) {
  const std::filesystem::path unfinished = path.string() + ".new";
  // What the keys are in is for the user alone.
  std::filesystem::remove(unfinished);
  std::FILE* file = std::fopen(unfinished.c_str(), "wbx");
  if (!file) throw std::runtime_error("cannot write " + unfinished.string());
  std::filesystem::permissions(
      unfinished, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const bool good = write(file);
  if (std::fclose(file) != 0 || !good) throw std::runtime_error("cannot write " + path.string());
  std::filesystem::rename(unfinished, path);
}

void write_certificate(const std::filesystem::path& path, const Identity& identity) {
  write_file(
      path, [&](std::FILE* file) { return PEM_write_X509(file, identity.certificate.get()) == 1; });
}

void write_key_file(const std::filesystem::path& path, const Identity& identity) {
  write_file(path, [&](std::FILE* file) {
    return PEM_write_X509(file, identity.certificate.get()) == 1 &&
           PEM_write_PKCS8PrivateKey(file, identity.key.get(), nullptr, nullptr, 0, nullptr,
                                     nullptr) == 1;
  });
}

bool all_there(const TestCertificates& files) {
  for (const auto* file :
       {&files.ca_file, &files.server_key_file, &files.client_key_file, &files.wrong_host_key_file,
        &files.expired_key_file, &files.other_ca_file, &files.other_server_key_file,
        &files.other_client_key_file}) {
    if (!std::filesystem::exists(*file)) return false;
  }
  return true;
}

}  // namespace

TestCertificates test_certificates_in(const std::filesystem::path& folder) {
  return {.ca_file = folder / "ca.pem",
          .server_key_file = folder / "server.pem",
          .client_key_file = folder / "client.pem",
          .wrong_host_key_file = folder / "wrong-host.pem",
          .expired_key_file = folder / "expired.pem",
          .other_ca_file = folder / "other-ca.pem",
          .other_server_key_file = folder / "other-server.pem",
          .other_client_key_file = folder / "other-client.pem"};
}

TestCertificates make_test_certificates(const std::filesystem::path& folder) {
  constexpr const char* here = "DNS:localhost,IP:127.0.0.1,IP:::1";
  const TestCertificates files = test_certificates_in(folder);
  if (all_there(files)) return files;
  std::filesystem::create_directories(folder);

  const Identity authority = make_authority("cmap test authority");
  write_certificate(files.ca_file, authority);
  const auto write = [](const std::filesystem::path& path, const Identity& by,
                        const Subject& what) { write_key_file(path, issue(by, what)); };
  write(files.server_key_file, authority, {.name = "localhost", .hosts = here});
  write(files.client_key_file, authority, {.name = "client"});
  write(files.wrong_host_key_file, authority,
        {.name = "example.invalid", .hosts = "DNS:example.invalid"});
  write(files.expired_key_file, authority,
        {.name = "localhost",
         .hosts = here,
         .begins = -10 * day_in_seconds,
         .ends = -day_in_seconds});

  const Identity other = make_authority("another test authority");
  write_certificate(files.other_ca_file, other);
  write(files.other_server_key_file, other, {.name = "localhost", .hosts = here});
  write(files.other_client_key_file, other, {.name = "client"});
  return files;
}

}  // namespace cmap::serve
