// What the members of a deployment know about it: who is alive, who is primary, since when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pool/wire/bson.hpp"
#include "pool/wire/hello_command.hpp"
#include "sim/prng.hpp"

namespace cmap::serve {

/// One server, one mongos or several, or a replica set. Its members agree at once: there is no
/// replication that could lag, and an election takes the time that the caller lets pass before
/// `elect`.
class Deployment {
 public:
  enum class Kind : std::uint8_t { standalone, replica_set, load_balanced };
  struct Options {
    Kind kind = Kind::standalone;
    std::string set_name{};
    std::size_t members = 1;
    std::size_t services = 1;  ///< behind the load balancer; 0: there is none before the mongos
    std::uint64_t seed = 1;
  };

  explicit Deployment(Options options);

  [[nodiscard]] Kind kind() const { return options_.kind; }
  [[nodiscard]] const std::string& set_name() const { return options_.set_name; }
  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] const std::string& host(std::size_t member) const { return at(member).host; }
  void set_host(std::size_t member, std::string host);
  [[nodiscard]] std::optional<std::size_t> member_of(const std::string& host) const;

  [[nodiscard]] bool alive(std::size_t member) const { return at(member).alive; }
  [[nodiscard]] std::optional<std::size_t> primary() const { return primary_; }
  /// Writes go to it; to every mongos.
  [[nodiscard]] bool is_primary(std::size_t member) const {
    return kind() == Kind::load_balanced || primary_ == member;
  }
  /// Of the last election.
  [[nodiscard]] wire::ObjectId election_id() const;
  [[nodiscard]] wire::TopologyVersion topology_version(std::size_t member) const;
  /// Grows with every change that clients who wait for news are told of.
  [[nodiscard]] std::uint64_t news() const { return news_; }

  /// From here on there is no primary until `elect`. False: there was none, or there are no others.
  bool step_down();
  /// The next member that is alive, after the last primary, if most members are alive and there is
  /// no primary.
  void elect();
  void kill(std::size_t member);
  void restart(std::size_t member);
  /// The member has something to tell, whatever it may be.
  void make_news(std::size_t member);

  /// A member of the set's configuration, as all are at first.
  [[nodiscard]] bool is_configured(std::size_t member) const { return at(member).configured; }
  /// Of the last change of the configuration.
  [[nodiscard]] std::int32_t set_version() const { return set_version_; }
  /// Takes a member out of the configuration or back into it. False: that is so already, there is
  /// no primary to do it, or the member is it.
  bool configure(std::size_t member, bool in_set);
  /// As step_down, and the others do not know of the last change of the configuration: it is lost.
  /// False: that is so already, or there was none to lose.
  bool lose_configuration();

  [[nodiscard]] bool has_load_balancer() const {
    return kind() == Kind::load_balanced && !services_.empty();
  }
  /// One after the other, round robin; there is a load balancer.
  wire::ObjectId next_service();

 private:
  struct Member {
    std::string host;
    bool alive = true;
    bool configured = true;
    wire::ObjectId process;
    std::int64_t counter = 0;
  };

  [[nodiscard]] const Member& at(std::size_t member) const { return members_.at(member); }
  [[nodiscard]] bool most_are_alive() const;
  [[nodiscard]] wire::ObjectId random_id();
  /// Every member that is alive has something new to tell.
  void tell();

  Options options_;
  sim::Prng ids_;
  std::vector<Member> members_;
  std::vector<wire::ObjectId> services_;
  std::size_t next_service_ = 0;
  std::optional<std::size_t> primary_ = 0;
  std::size_t last_primary_ = 0;
  std::uint64_t term_ = 1;
  std::int32_t set_version_ = 1;
  std::optional<std::size_t> last_configured_;  ///< by the last change, unless it was lost
  std::uint64_t news_ = 0;
};

}  // namespace cmap::serve
