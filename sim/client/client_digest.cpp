// One overload for each kind of event.
#include "sim/client/client_digest.hpp"

namespace cmap::sim {
namespace {

std::uint64_t word_of(Duration duration) { return static_cast<std::uint64_t>(duration.count()); }
std::uint64_t word_of(TimePoint time) { return word_of(time.time_since_epoch()); }

struct FoldHeartbeat {
  Digest& digest;

  void operator()(const ServerHeartbeatStartedEvent& event) const {
    digest.fold(0, event.awaited ? 1 : 0);
  }
  void operator()(const ServerHeartbeatSucceededEvent& event) const {
    digest.fold(event.awaited ? 1 : 0, word_of(event.duration));
  }
  void operator()(const ServerHeartbeatFailedEvent& event) const {
    digest.fold(event.awaited ? 1 : 0, word_of(event.duration));
    fold_error(digest, event.error);
  }
};

void fold_server(Digest& digest, const ServerDescription& server) {
  digest.fold_text(server.address.text());
  digest.fold_text(server_type_name(server.type));
  fold_error(digest, server.error);
  digest.fold(
      static_cast<std::uint64_t>(server.set_version.value_or(0)),
      static_cast<std::uint64_t>(server.topology_version.value_or(TopologyVersion{}).counter));
}

struct FoldTopology {
  Digest& digest;

  void operator()(const TopologyOpeningEvent&) const {}
  void operator()(const TopologyClosedEvent&) const {}
  void operator()(const ServerOpeningEvent& event) const { digest.fold_text(event.address.text()); }
  void operator()(const ServerClosedEvent& event) const { digest.fold_text(event.address.text()); }
  void operator()(const ServerDescriptionChangedEvent& event) const {
    fold_server(digest, *event.new_description);
  }
  void operator()(const TopologyDescriptionChangedEvent& event) const {
    digest.fold_text(topology_type_name(event.new_description->type));
    digest.fold(event.new_description->servers.size());
  }
};

}  // namespace

void fold(Digest& digest, const HeartbeatEvent& event) {
  digest.fold(event.body.index(), word_of(event.time));
  digest.fold_text(event.address.text());
  std::visit(FoldHeartbeat{digest}, event.body);
}

void fold(Digest& digest, const TopologyEvent& event) {
  digest.fold(event.body.index(), word_of(event.time));
  std::visit(FoldTopology{digest}, event.body);
}

void fold(Digest& digest, TimePoint time, const ErrorPtr& error) {
  digest.fold(word_of(time));
  fold_error(digest, error);
}

}  // namespace cmap::sim
