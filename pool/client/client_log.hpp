// The log messages of a client: those of its pools (A.11), of its topology and its monitors, and of
// its server selection; each after the specification of the component.
#pragma once

#include <cstddef>
#include <optional>

#include "pool/client/client.hpp"
#include "pool/logger.hpp"

namespace cmap {

/// Nothing for the description of a server: that of the topology shows it.
std::optional<LogMessage> log_message(const TopologyEvent& event);
/// `max_document_length` as in LogSettings, for the server's reply.
LogMessage log_message(const HeartbeatEvent& event, std::size_t max_document_length);
LogMessage log_message(const SelectionEvent& event);

/// A listener that gives `sink` the messages that the settings let through, in the order of the
/// events; without functions for components of which nothing is logged, so that those cost nothing.
/// `options` as the user set them.
ClientListener make_log_listener(const ClientOptions& options, const LogSettings& settings,
                                 const LogSink& sink);

}  // namespace cmap
