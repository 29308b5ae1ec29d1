// Elections without voters: whoever is next and alive wins.
#include "sim/real/serve/model/deployment.hpp"

#include <algorithm>
#include <utility>

#include "pool/api/assert.hpp"

namespace cmap::serve {

Deployment::Deployment(Options options)
    : options_(std::move(options)), ids_(sim::derive_seed(options_.seed, "deployment")) {
  CMAP_ASSERT(options_.members > 0);
  members_.resize(options_.members);
  for (Member& member : members_) member.process = random_id();
  for (std::size_t i = 0; i < options_.services; ++i) services_.push_back(random_id());
}

void Deployment::set_host(std::size_t member, std::string host) {
  members_.at(member).host = std::move(host);
}

std::optional<std::size_t> Deployment::member_of(const std::string& host) const {
  const auto found = std::ranges::find(members_, host, &Member::host);
  if (found == members_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - members_.begin());
}

wire::ObjectId Deployment::election_id() const {
  // As servers make them: a constant, and the term in the last eight bytes, big-endian.
  wire::ObjectId id;
  id.bytes = {0x7F, 0xFF, 0xFF, 0xFF};
  for (std::size_t i = 0; i < 8; ++i) {
    id.bytes[11 - i] = static_cast<std::uint8_t>(term_ >> (8 * i));
  }
  return id;
}

wire::TopologyVersion Deployment::topology_version(std::size_t member) const {
  return {.process_id = at(member).process, .counter = at(member).counter};
}

bool Deployment::step_down() {
  if (!primary_ || kind() != Kind::replica_set) return false;
  primary_.reset();
  tell();
  return true;
}

void Deployment::elect() {
  if (primary_ || !most_are_alive()) return;
  for (std::size_t i = 1; i <= size(); ++i) {
    const std::size_t candidate = (last_primary_ + i) % size();
    if (!alive(candidate) || !is_configured(candidate)) continue;
    primary_ = last_primary_ = candidate;
    ++term_;
    tell();
    return;
  }
}

void Deployment::kill(std::size_t member) {
  if (!alive(member)) return;
  members_.at(member).alive = false;
  if (primary_ == member || !most_are_alive()) primary_.reset();
  tell();
}

void Deployment::restart(std::size_t member) {
  if (alive(member)) return;
  members_.at(member).alive = true;
  // Older news are no news to clients of the new process.
  members_.at(member).process = random_id();
  members_.at(member).counter = 0;
  tell();
}

void Deployment::make_news(std::size_t member) {
  ++news_;
  ++members_.at(member).counter;
}

wire::ObjectId Deployment::next_service() { return services_[next_service_++ % services_.size()]; }

bool Deployment::configure(std::size_t member, bool in_set) {
  if (!primary_ || is_primary(member) || is_configured(member) == in_set) return false;
  members_.at(member).configured = in_set;
  last_configured_ = member;
  ++set_version_;
  if (!most_are_alive()) primary_.reset();
  tell();
  return true;
}

bool Deployment::lose_configuration() {
  if (!last_configured_ || !step_down()) return false;
  Member& member = members_.at(*std::exchange(last_configured_, std::nullopt));
  member.configured = !member.configured;
  --set_version_;
  return true;
}

bool Deployment::most_are_alive() const {
  const auto configured = std::ranges::count_if(members_, &Member::configured);
  const auto voting = std::ranges::count_if(
      members_, [](const Member& member) { return member.configured && member.alive; });
  return 2 * voting > configured;
}

wire::ObjectId Deployment::random_id() {
  wire::ObjectId id;
  for (std::uint8_t& byte : id.bytes) byte = static_cast<std::uint8_t>(ids_.below(256));
  return id;
}

void Deployment::tell() {
  ++news_;
  for (Member& member : members_) {
    if (member.alive) ++member.counter;
  }
}

}  // namespace cmap::serve
