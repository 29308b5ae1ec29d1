// Events as JSON: one overload per event type, so that none is forgotten.
#include "tools/cmap/events_output.hpp"

#include <optional>

#include "tools/cmap/json_text.hpp"

namespace cmap::tools {
namespace {

void add_if_set(JsonObject& json, std::string_view key, const std::optional<std::int64_t>& value) {
  if (value) json.add(key, *value);
}

void add_if_set(JsonObject& json, std::string_view key, const std::optional<Duration>& value) {
  if (value) json.add_milliseconds(key, *value);
}

JsonObject options_json(const PoolOptions* options) {
  JsonObject json;
  if (!options) return json;
  add_if_set(json, "maxPoolSize", options->max_pool_size);
  add_if_set(json, "minPoolSize", options->min_pool_size);
  add_if_set(json, "maxIdleTimeMS", options->max_idle_time);
  add_if_set(json, "maxConnecting", options->max_connecting);
  add_if_set(json, "waitQueueTimeoutMS", options->wait_queue_timeout);
  return json;
}

JsonObject counts_json(const PoolCounts& counts) {
  JsonObject json;
  json.add("pending", counts.pending)
      .add("available", counts.available)
      .add("inUse", counts.in_use)
      .add("waiting", counts.waiting);
  return json;
}

struct Fields {
  JsonObject& json;

  void operator()(const ConnectionPoolCreatedEvent& event) const {
    json.add("options", options_json(event.options.get()));
  }
  void operator()(const ConnectionPoolReadyEvent&) const {}
  void operator()(const ConnectionPoolClearedEvent& event) const {
    if (event.interrupt_in_use_connections) {
      json.add("interruptInUseConnections", *event.interrupt_in_use_connections);
    }
    if (event.service_id) json.add("serviceId", event.service_id->to_hex());
  }
  void operator()(const ConnectionPoolClosedEvent&) const {}
  void operator()(const ConnectionCreatedEvent& event) const { add_id(event.connection_id); }
  void operator()(const ConnectionReadyEvent& event) const {
    add_id(event.connection_id);
    json.add_milliseconds("durationMS", event.duration);
  }
  void operator()(const ConnectionClosedEvent& event) const {
    add_id(event.connection_id);
    json.add("reason", reason_name(event.reason));
  }
  void operator()(const ConnectionCheckOutStartedEvent& event) const {
    add_check_out(event.check_out);
  }
  void operator()(const ConnectionCheckOutFailedEvent& event) const {
    json.add("reason", reason_name(event.reason));
    json.add_milliseconds("durationMS", event.duration);
    add_check_out(event.check_out);
    if (event.error) json.add("error", type_name(event.error->type));
  }
  void operator()(const ConnectionCheckedOutEvent& event) const {
    add_id(event.connection_id);
    json.add_milliseconds("durationMS", event.duration);
    add_check_out(event.check_out);
  }
  void operator()(const ConnectionCheckedInEvent& event) const { add_id(event.connection_id); }

  void add_id(ConnectionId id) const { json.add("connectionId", number(id)); }
  void add_check_out(CheckOutId id) const { json.add("checkOutId", number(id)); }
};

void add_head(JsonObject& json, std::string_view type, Duration time, const std::string& address) {
  json.add("type", type).add_milliseconds("timeMS", time);
  if (!address.empty()) json.add("address", address);
}

std::string with_event(JsonObject& json, const Event& event, Duration time) {
  add_head(json, event_name(event.type()), time, event.address.text());
  std::visit(Fields{json}, event.body);
  json.add("counts", counts_json(event.counts));
  return json.text();
}

void add_error(JsonObject& json, const ErrorPtr& error) {
  if (error) json.add("error", type_name(error->type)).add("message", error->message);
}

struct HeartbeatFields {
  JsonObject& json;

  void operator()(const ServerHeartbeatStartedEvent& event) const {
    json.add("awaited", event.awaited);
  }
  void operator()(const ServerHeartbeatSucceededEvent& event) const { add_end(event); }
  void operator()(const ServerHeartbeatFailedEvent& event) const {
    add_end(event);
    add_error(json, event.error);
  }

  void add_end(const auto& event) const {
    json.add("awaited", event.awaited).add_milliseconds("durationMS", event.duration);
  }
};

struct TopologyFields {
  JsonObject& json;

  void operator()(const ServerDescriptionChangedEvent& event) const {
    json.add("previous", server_type_name(event.previous_description->type))
        .add("new", server_type_name(event.new_description->type));
    add_error(json, event.new_description->error);
  }
  void operator()(const TopologyDescriptionChangedEvent& event) const {
    json.add("previous", topology_type_name(event.previous_description->type))
        .add("new", topology_type_name(event.new_description->type));
  }
  void operator()(const auto&) const {}
};

/// Of each kind of entry.
struct WithEntry {
  JsonObject& json;
  const Duration time;

  std::string operator()(const Event& event) const { return with_event(json, event, time); }
  std::string operator()(const HeartbeatEvent& event) const {
    add_head(json, event_name(event.body), time, event.address.text());
    std::visit(HeartbeatFields{json}, event.body);
    return json.text();
  }
  std::string operator()(const TopologyEvent& event) const {
    add_head(json, event_name(event.body), time, sim::address_text(event));
    std::visit(TopologyFields{json}, event.body);
    return json.text();
  }
  std::string operator()(const sim::TracedHappening& happening) const {
    return json.add_milliseconds("timeMS", time).add("happening", happening.text).text();
  }
};

}  // namespace

std::string event_json(std::string_view scenario, const sim::TracedEvent& event) {
  return with_event(JsonObject().add("scenario", scenario), event.event, event.time);
}

std::string event_json(const Event& event, Duration time) {
  JsonObject json;
  return with_event(json, event, time);
}

std::string event_json(std::string_view test, const sim::TracedClientEntry& entry) {
  JsonObject json;
  json.add("case", test);
  if (!entry.client.empty()) json.add("client", entry.client);
  return std::visit(WithEntry{json, entry.time}, entry.what);
}

void EventsOutput::add_case(const PlayedCase& played) {
  for (const sim::TracedClientEntry& entry : played.trace) {
    output_.write(event_json(played.test.name, entry) + '\n');
  }
}

void EventsOutput::add(const Played& played) {
  for (const sim::TracedEvent& event : played.result.trace.events) {
    output_.write(event_json(played.file.scenario.name, event) + '\n');
  }
}

}  // namespace cmap::tools
