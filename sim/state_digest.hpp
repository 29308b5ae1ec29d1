// A fingerprint of a state: equal for two states of a run that have the same future.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pool/core/effects.hpp"
#include "pool/core/state_visitor.hpp"
#include "sim/choice.hpp"
#include "sim/digest.hpp"
#include "sim/scenario.hpp"

namespace cmap::sim {

/// Connections and check-outs are renamed in the order in which they are told, generations and
/// numbers are counted from the first one told, and times from now.
class StateDigest final : public StateVisitor {
 public:
  /// The connections up to `named` are known to the scenario by their ids, and those up to
  /// `scripted` have establishments of their own. `actors`: the name of each, which must outlive
  /// this; it may be empty where none is told.
  StateDigest(TimePoint now, ConnectionId named, ConnectionId scripted,
              std::span<const ActorIndex> actors)
      : now_(now), named_(named), scripted_(scripted), actors_(actors) {}

  void word(std::uint64_t value) override { digest_.fold(value); }
  void connection(ConnectionId id) override { digest_.fold(name_of(id)); }
  void check_out(CheckOutId id) override { digest_.fold(name_of(id)); }
  void last_connection(ConnectionId id) override;
  void last_check_out(CheckOutId id) override;
  void time(TimePoint time) override { digest_.fold(since_now(time)); }
  void generation(Generation generation) override;
  void service(const ServiceId& service) override;
  void error(const ErrorPtr& error) override;

  void actor(ActorIndex index) { digest_.fold(actors_[index]); }
  void effect(const Effect& effect);
  void text(std::string_view text) { digest_.fold_text(text); }
  /// Its name with its subject renamed: comparable with those of other states.
  [[nodiscard]] std::uint64_t name_of(const Option& option);
  [[nodiscard]] std::uint64_t name_of(ConnectionId id);
  [[nodiscard]] std::uint64_t name_of(CheckOutId id);
  [[nodiscard]] std::uint64_t since_now(TimePoint time) const;

  [[nodiscard]] std::uint64_t value() const { return digest_.value(); }

 private:
  void event(const Event& event);

  const TimePoint now_;
  const ConnectionId named_;
  const ConnectionId scripted_;
  const std::span<const ActorIndex> actors_;
  Digest digest_;
  std::vector<ConnectionId> connections_;  ///< by name
  std::vector<CheckOutId> check_outs_;     ///< by name
  std::optional<Generation> generation_;
  std::optional<ConnectionId> last_connection_;
  std::optional<CheckOutId> last_check_out_;
};

}  // namespace cmap::sim
