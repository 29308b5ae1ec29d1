// Follows the entries of a trace once; each kind of lane has a class of its own.
#include "tools/cmap/timeline.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace cmap::tools {
namespace {

using sim::VirtualTime;

std::string connection_name(ConnectionId id) { return "connection " + std::to_string(number(id)); }

/// A lane of which one state follows the other.
class StateLane {
 public:
  explicit StateLane(std::string name) { lane_.name = std::move(name); }

  void enter(VirtualTime time, std::string state) {
    leave(time);
    open_ = Slice{.begin = time, .end = time, .name = std::move(state), .detail = {}};
  }
  /// A connection that passes through `available` at once never lay in the pool.
  void leave(VirtualTime time) {
    if (!open_) return;
    open_->end = std::max(time, open_->begin);
    if (open_->end > open_->begin || open_->name != "available") lane_.slices.push_back(*open_);
    open_.reset();
  }
  [[nodiscard]] bool is_open() const { return open_.has_value(); }
  void mark(VirtualTime time, std::string name) {
    lane_.moments.push_back({time, std::move(name)});
  }
  Lane take(VirtualTime end) {
    leave(end);
    return std::move(lane_);
  }

 private:
  Lane lane_;
  std::optional<Slice> open_;
};

class Pool {
 public:
  void add(const sim::TracedEvent& event) {
    const EventBody& body = event.event.body;
    if (std::holds_alternative<ConnectionPoolCreatedEvent>(body)) {
      lane_.enter(event.time, "paused");
    } else if (std::holds_alternative<ConnectionPoolReadyEvent>(body)) {
      lane_.enter(event.time, "ready");
    } else if (std::holds_alternative<ConnectionPoolClosedEvent>(body)) {
      lane_.enter(event.time, "closed");
    } else if (const auto* cleared = std::get_if<ConnectionPoolClearedEvent>(&body)) {
      lane_.mark(event.time, "cleared");
      if (!cleared->service_id) lane_.enter(event.time, "paused");  // only its service, A-LB
    } else if (const auto* failed = std::get_if<ConnectionCheckOutFailedEvent>(&body)) {
      lane_.mark(event.time, "check-out failed: " + std::string(reason_name(failed->reason)));
    }
  }
  Lane take(VirtualTime end) { return lane_.take(end); }

 private:
  StateLane lane_{"pool"};
};

class Connections {
 public:
  void add(const sim::TracedEvent& event) {
    const ConnectionId id = connection_of(event.event.body);
    if (id == ConnectionId::none) return;
    StateLane& lane = lanes_.try_emplace(id, connection_name(id)).first->second;
    const EventBody& body = event.event.body;
    if (std::holds_alternative<ConnectionCreatedEvent>(body)) {
      lane.enter(event.time, "pending");
    } else if (const auto* closed = std::get_if<ConnectionClosedEvent>(&body)) {
      lane.leave(event.time);
      lane.mark(event.time, "closed: " + std::string(reason_name(closed->reason)));
    } else if (lane.is_open()) {  // it may be closed before it comes back
      const bool checked_out = std::holds_alternative<ConnectionCheckedOutEvent>(body);
      lane.enter(event.time, checked_out ? "in use" : "available");
    }
  }
  void take(VirtualTime end, std::vector<Lane>& lanes) {
    for (auto& [id, lane] : lanes_) lanes.push_back(lane.take(end));
  }

 private:
  std::map<ConnectionId, StateLane> lanes_;
};

/// The ends of the slices that are open in a lane, the innermost last.
class OpenEnds {
 public:
  /// Slices come in the order of their begin.
  bool fits(const Slice& slice) {
    while (!ends_.empty() && ends_.back() <= slice.begin) ends_.pop_back();
    return ends_.empty() || ends_.back() >= slice.end;
  }
  void push(const Slice& slice) { ends_.push_back(slice.end); }

 private:
  std::vector<VirtualTime> ends_;
};

/// Whose slices they are: an actor, or what nobody waits for.
class Actors {
 public:
  explicit Actors(const sim::Scenario& scenario)
      : scenario_(scenario), waits_(scenario.actors.size()), slices_(scenario.actors.size() + 1) {}

  void add(const sim::TracedOperation& operation) {
    const sim::OperationBody& body = scenario_.operations[operation.operation].body;
    if (operation.begins) {
      if (waits_for_connection(body)) waits_[operation.actor] = operation.time;
      return;
    }
    if (const auto begin = std::exchange(waits_[operation.actor], std::nullopt)) {
      std::string detail;
      if (operation.error) detail = type_name(operation.error->type);
      if (operation.connection != ConnectionId::none) {
        detail = connection_name(operation.connection);
      }
      add_slice(operation.actor, {*begin, operation.time, "waiting", std::move(detail)});
    }
    const auto held = holds_.find(operation.connection);
    if (held != holds_.end()) held->second.holder = operation.actor;
  }

  void add(const sim::TracedEvent& event) {
    const ConnectionId id = connection_of(event.event.body);
    if (std::holds_alternative<ConnectionCheckedOutEvent>(event.event.body)) {
      holds_[id] = {.begin = event.time, .holder = nobody()};
    } else if (const auto held = holds_.find(id); held != holds_.end()) {
      end_hold(id, held->second, event.time);  // checked in, or closed before
      holds_.erase(held);
    }
  }

  void take(VirtualTime end, std::vector<Lane>& lanes) {
    for (sim::ActorIndex actor = 0; actor < waits_.size(); ++actor) {
      if (waits_[actor]) add_slice(actor, {*waits_[actor], end, "waiting", "until the end"});
    }
    for (const auto& [id, hold] : holds_) end_hold(id, hold, end);
    for (std::size_t actor = 0; actor < slices_.size(); ++actor) lay_out(actor, lanes);
  }

 private:
  struct Hold {
    VirtualTime begin{};
    std::size_t holder = 0;
  };

  static bool waits_for_connection(const sim::OperationBody& body) {
    const auto* check_out = std::get_if<sim::CheckOut>(&body);
    if (check_out) return !check_out->in_background;
    return std::holds_alternative<sim::AwaitCheckOut>(body);
  }

  [[nodiscard]] std::size_t nobody() const { return waits_.size(); }

  void add_slice(std::size_t actor, Slice slice) {
    slice.end = std::max(slice.begin, slice.end);
    slices_[actor].push_back(std::move(slice));
  }
  void end_hold(ConnectionId id, const Hold& hold, VirtualTime time) {
    add_slice(hold.holder, {hold.begin, time, "holding", connection_name(id)});
  }

  /// Into as few lanes as hold them without crossing, at least one for an actor.
  void lay_out(std::size_t actor, std::vector<Lane>& lanes) {
    std::vector<Slice>& slices = slices_[actor];
    if (actor == nobody() && slices.empty()) return;
    std::ranges::stable_sort(slices, [](const Slice& a, const Slice& b) {
      return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
    });
    const std::string name = actor == nobody() ? "(in background)" : scenario_.actors[actor];
    const std::size_t first = lanes.size();
    std::vector<OpenEnds> open;
    for (Slice& slice : slices) {
      std::size_t at = 0;
      while (at < open.size() && !open[at].fits(slice)) ++at;
      if (at == open.size()) {
        open.emplace_back();
        const std::string suffix = at == 0 ? "" : " (" + std::to_string(at + 1) + ")";
        lanes.push_back({.name = name + suffix, .slices = {}, .moments = {}});
      }
      open[at].push(slice);
      lanes[first + at].slices.push_back(std::move(slice));
    }
    if (open.empty()) lanes.push_back({.name = name, .slices = {}, .moments = {}});
  }

  const sim::Scenario& scenario_;
  std::vector<std::optional<VirtualTime>> waits_;  ///< by ActorIndex: since when
  std::map<ConnectionId, Hold> holds_;
  std::vector<std::vector<Slice>> slices_;  ///< by ActorIndex, then nobody's
};

}  // namespace

std::vector<Lane> timeline(const sim::Scenario& scenario, const sim::Trace& trace) {
  Pool pool;
  Connections connections;
  Actors actors(scenario);
  for (const sim::TracedEvent& event : trace.events) {
    pool.add(event);
    connections.add(event);
  }
  for (const sim::TraceEntry& entry : trace.entries) {
    if (const auto* event = std::get_if<sim::TracedEvent>(&entry)) actors.add(*event);
    if (const auto* operation = std::get_if<sim::TracedOperation>(&entry)) actors.add(*operation);
  }
  std::vector<Lane> lanes;
  lanes.push_back(pool.take(trace.end));
  actors.take(trace.end, lanes);
  connections.take(trace.end, lanes);
  return lanes;
}

}  // namespace cmap::tools
