// The values of the messages; their words are in the table.
#include "pool/client/client_log.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "pool/client/read_preference_field.hpp"
#include "pool/log_table.hpp"
#include "pool/wire/bson_builder.hpp"

namespace cmap {
namespace {

void add_topology_id(LogMessage& message, TopologyId id) {
  message.fields.push_back({log_key::topology_id, static_cast<std::int64_t>(id)});
}

/// The message of each body, without its fields; nothing: there is none.
struct KindOf {
  using Kind = std::optional<LogKind>;
  Kind operator()(const TopologyOpeningEvent&) const { return LogKind::topology_opening; }
  Kind operator()(const TopologyDescriptionChangedEvent&) const {
    return LogKind::topology_changed;
  }
  Kind operator()(const ServerOpeningEvent&) const { return LogKind::server_opening; }
  Kind operator()(const ServerDescriptionChangedEvent&) const { return std::nullopt; }
  Kind operator()(const ServerClosedEvent&) const { return LogKind::server_closed; }
  Kind operator()(const TopologyClosedEvent&) const { return LogKind::topology_closed; }
  LogKind operator()(const ServerHeartbeatStartedEvent&) const {
    return LogKind::heartbeat_started;
  }
  LogKind operator()(const ServerHeartbeatSucceededEvent&) const {
    return LogKind::heartbeat_succeeded;
  }
  LogKind operator()(const ServerHeartbeatFailedEvent&) const { return LogKind::heartbeat_failed; }
  LogKind operator()(const SelectionStartedEvent&) const { return LogKind::selection_started; }
  LogKind operator()(const SelectionWaitingEvent&) const { return LogKind::selection_waiting; }
  LogKind operator()(const SelectionSucceededEvent&) const { return LogKind::selection_succeeded; }
  LogKind operator()(const SelectionFailedEvent&) const { return LogKind::selection_failed; }
};

/// At most so many bytes, and no part of a character, with "..." for the rest.
std::string shortened(std::string text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  while (max_bytes > 0 && continues(text[max_bytes])) --max_bytes;
  text.resize(max_bytes);
  return text + "...";
}

/// Adds the fields of one body.
struct ClientFields {
  LogMessage& message;
  std::size_t max_document_length = 0;

  void operator()(const TopologyDescriptionChangedEvent& event) const {
    add("previousDescription", text_of(*event.previous_description));
    add("newDescription", text_of(*event.new_description));
  }
  void operator()(const ServerOpeningEvent& event) const {
    add_log_address(message, event.address);
  }
  void operator()(const ServerClosedEvent& event) const { add_log_address(message, event.address); }
  void operator()(const ServerHeartbeatSucceededEvent& event) const {
    add(log_key::duration, log_milliseconds(event.duration));
    add("reply", shortened(event.reply->document.to_json(), max_document_length));
  }
  void operator()(const ServerHeartbeatFailedEvent& event) const {
    add(log_key::duration, log_milliseconds(event.duration));
    add(log_key::failure, text_of(*event.error));
  }
  void operator()(const SelectionWaitingEvent& event) const {
    const auto remaining = std::chrono::floor<std::chrono::milliseconds>(event.remaining);
    add("remainingTimeMS", std::int64_t{remaining.count()});
  }
  void operator()(const SelectionSucceededEvent& event) const {
    add_log_address(message, event.address);
  }
  void operator()(const SelectionFailedEvent& event) const {
    add(log_key::failure, text_of(*event.error));
  }
  void operator()(const auto&) const {}

 private:
  void add(std::string_view key, LogValue value) const {
    message.fields.push_back({key, std::move(value)});
  }
};

/// All parts of a read preference.
std::string selector_text(const Selection& selection) {
  if (selection.kind == OperationKind::write) return "a server for writes";
  return with_read_preference(wire::Document(), selection.read_preference).to_json();
}

}  // namespace

std::optional<LogMessage> log_message(const TopologyEvent& event) {
  const auto kind = std::visit(
      [](const auto& body) { return std::optional<LogKind>(KindOf()(body)); }, event.body);
  if (!kind) return std::nullopt;
  LogMessage message = new_log_message(*kind, event.time);
  add_topology_id(message, event.topology_id);
  std::visit(ClientFields{message}, event.body);
  return message;
}

LogMessage log_message(const HeartbeatEvent& event, std::size_t max_document_length) {
  LogMessage message = new_log_message(std::visit(KindOf(), event.body), event.time);
  add_topology_id(message, event.topology_id);
  add_log_address(message, event.address);
  message.fields.push_back({log_key::connection_id, static_cast<std::int64_t>(event.connection)});
  if (event.server_connection) {
    message.fields.push_back({"serverConnectionId", *event.server_connection});
  }
  const bool awaited = std::visit([](const auto& body) { return body.awaited; }, event.body);
  message.fields.push_back({"awaited", awaited});
  std::visit(ClientFields{message, max_document_length}, event.body);
  return message;
}

LogMessage log_message(const SelectionEvent& event) {
  LogMessage message = new_log_message(std::visit(KindOf(), event.body), event.time);
  message.fields = {{"selector", selector_text(event.selection)},
                    {"operation", event.operation},
                    {"topologyDescription", text_of(*event.topology)}};
  std::visit(ClientFields{message}, event.body);
  return message;
}

ClientListener make_log_listener(const ClientOptions& options, const LogSettings& settings,
                                 const LogSink& sink) {
  ClientListener listener;
  listener.pool = make_log_listener(options.pool, settings, sink);
  if (!sink) return listener;
  if (is_logged(LogLevel::debug, settings.topology)) {
    listener.topology = [sink](const TopologyEvent& event) {
      if (const auto message = log_message(event)) sink(*message);
    };
    listener.heartbeat = [sink, length = settings.max_document_length](
                             const HeartbeatEvent& event) { sink(log_message(event, length)); };
  }
  if (is_logged(LogLevel::informational, settings.server_selection)) {
    listener.selection = [sink, level = settings.server_selection](const SelectionEvent& event) {
      const LogMessage message = log_message(event);
      if (is_logged(message.level, level)) sink(message);
    };
  }
  return listener;
}

}  // namespace cmap
