// Credentials of SCRAM for both mechanisms.
#include "sim/real/serve/model/credentials.hpp"

#include <stdexcept>
#include <utility>

#include "sim/prng.hpp"

namespace cmap::serve {
namespace {

// What servers use unless they are told otherwise.
constexpr std::int32_t sha1_iterations = 10'000;
constexpr std::int32_t sha256_iterations = 15'000;

/// A salt need not be secret, only another one for each user.
wire::Bytes salt(std::string_view full_name, std::size_t size) {
  sim::Prng random(sim::derive_seed(size, full_name));
  wire::Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
  return bytes;
}

std::string full_name_of(std::string_view source, std::string_view name) {
  std::string full_name(source);
  full_name += '.';
  full_name += name;
  return full_name;
}

wire::ScramCredential credential(wire::ScramMechanism mechanism, const User& user) {
  const bool is_sha1 = mechanism == wire::ScramMechanism::sha1;
  auto made =
      wire::make_scram_credential(mechanism, user.name, user.password,
                                  salt(full_name_of(user.source, user.name), is_sha1 ? 16 : 28),
                                  is_sha1 ? sha1_iterations : sha256_iterations);
  if (!made) throw std::invalid_argument("user " + user.name + ": " + made.error());
  return *std::move(made);
}

}  // namespace

Credentials::Credentials(const std::vector<User>& users) {
  for (const User& user : users) {
    if (user.name.empty()) throw std::invalid_argument("a user needs a name");
    entries_.insert_or_assign(full_name_of(user.source, user.name),
                              Entry{.sha1 = credential(wire::ScramMechanism::sha1, user),
                                    .sha256 = credential(wire::ScramMechanism::sha256, user)});
  }
}

std::optional<wire::ScramCredential> Credentials::find(wire::ScramMechanism mechanism,
                                                       std::string_view source,
                                                       std::string_view name) const {
  const auto found = entries_.find(full_name_of(source, name));
  if (found == entries_.end()) return std::nullopt;
  return mechanism == wire::ScramMechanism::sha1 ? found->second.sha1 : found->second.sha256;
}

bool Credentials::knows(std::string_view full_name) const { return entries_.contains(full_name); }

}  // namespace cmap::serve
