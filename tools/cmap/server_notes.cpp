// Words for troubles, and the memory of what was said.
#include "tools/cmap/server_notes.hpp"

#include <string_view>
#include <utility>
#include <variant>

namespace cmap::tools {
namespace {

constexpr Duration told_again = std::chrono::seconds(10);
constexpr std::int32_t unauthorized = 13;

/// By OpenSSL's words. Alerts are what the server says to us.
std::string_view advice_on_certificate(std::string_view message) {
  const auto says = [&](std::string_view words) {
    return message.find(words) != std::string_view::npos;
  };
  if (says("alert certificate required")) {
    return "the server demands a certificate: tlsCertificateKeyFile names ours";
  }
  if (says("alert handshake failure")) {
    return "does the server demand a certificate? tlsCertificateKeyFile names ours";
  }
  if (says("alert unknown ca") || says("alert bad certificate") || says("alert certificate ") ||
      says("alert unsupported certificate")) {
    return "the server refused our certificate: tlsCertificateKeyFile must name one that it trusts";
  }
  if (says(" alert ")) return "";
  if (says("certificate has expired")) return "the server needs a new certificate";
  if (says("certificate is not yet valid")) return "is the time of this machine right?";
  if (says("hostname mismatch")) {
    return "name the host as its certificate does; tlsAllowInvalidHostnames=true accepts any";
  }
  return "tlsCAFile names the authority to trust";
}

std::string_view advice_on_network(const Error& error, bool server_was_known) {
  switch (error.fault) {
    case NetworkFault::none:
      return "";
    case NetworkFault::refused:
      return "nobody listens there: is the server running?";
    case NetworkFault::reset:
    case NetworkFault::eof:
      return server_was_known ? "the server ended it: was it stopped?"
                              : "the server ended it: does it want TLS (tls=true), or none?";
    case NetworkFault::timeout:
      return "there is no answer: is the network cut, or the server stuck?";
    case NetworkFault::dns:
      return "is the name of the host right?";
    case NetworkFault::certificate:
      return advice_on_certificate(error.message);
    case NetworkFault::proxy:
      return "";
  }
  return "";
}

/// What the topology makes of a server's words is of this type, too; it needs no advice.
std::string_view advice_on_protocol(const Error& error) {
  if (error.message == not_load_balanced_error(error.address)->message) {
    return "leave out loadBalanced=true, or name the load balancer";
  }
  return error.message.starts_with("The peer does not speak")
             ? "is it a MongoDB server, and tls as it wants it?"
             : "";
}

using Mechanism = std::optional<wire::AuthenticationMechanism>;

std::string_view advice_on_login(Mechanism mechanism) {
  return mechanism == wire::AuthenticationMechanism::x509
             ? "does the server know the name in the certificate of tlsCertificateKeyFile?"
             : "are user name, password and authSource right?";
}

std::string_view advice_on(const Error& error, bool server_was_known, Mechanism mechanism) {
  switch (error.type) {
    case ErrorType::authentication:
      return advice_on_login(mechanism);
    case ErrorType::protocol:
      return advice_on_protocol(error);
    case ErrorType::network:
      return advice_on_network(error, server_was_known);
    case ErrorType::pool_cleared:
    case ErrorType::deadline_exceeded:
    case ErrorType::server_selection:
      return error.cause ? advice_on(*error.cause, server_was_known, mechanism) : "";
    case ErrorType::pool_closed:
    case ErrorType::wait_queue_timeout:
    case ErrorType::cancelled:
    case ErrorType::usage:
      return "";
    case ErrorType::command:
      return error.code == unauthorized ? "name a user: mongodb://USER:PASSWORD@HOST/" : "";
  }
  return "";
}

}  // namespace

std::string explained(const Error& error, bool server_was_known, Mechanism mechanism) {
  const std::string_view advice = advice_on(error, server_was_known, mechanism);
  return advice.empty() ? error.message : error.message + "; " + std::string(advice);
}

namespace {

/// Either may be null: nothing is known.
std::string why_left_out(const ServerPtr& server, const TopologyPtr& topology) {
  if (topology && topology->type == TopologyType::sharded) return "it is no mongos like the others";
  if (!server || server->type == ServerType::unknown) return "the replica set does not list it";
  if (!server->set_name) {
    return "it is a " + std::string(server_type_name(server->type)) +
           ", no member of a replica set";
  }
  if (topology && topology->set_name && *topology->set_name != *server->set_name) {
    return "it is a member of the replica set " + *server->set_name + ", but replicaSet is " +
           *topology->set_name;
  }
  return "the replica set does not list it";
}

}  // namespace

std::optional<std::string> ServerNotes::note(const TopologyEvent& event) {
  if (const auto* opening = std::get_if<ServerOpeningEvent>(&event.body)) {
    told_[opening->address.text()];
  } else if (const auto* changed = std::get_if<ServerDescriptionChangedEvent>(&event.body)) {
    return note(*changed, event.time);
  } else if (const auto* closed = std::get_if<ServerClosedEvent>(&event.body)) {
    return note(*closed);
  } else if (const auto* topology = std::get_if<TopologyDescriptionChangedEvent>(&event.body)) {
    topology_ = topology->new_description;
  }
  return std::nullopt;
}

std::optional<std::string> ServerNotes::note(const ServerDescriptionChangedEvent& event,
                                             TimePoint time) {
  const ServerDescription& server = *event.new_description;
  const std::string address = event.address.text();
  Told& told = told_[address];
  told.server = event.new_description;
  if (server.type == ServerType::unknown && !server.error) return std::nullopt;
  if (server.type != ServerType::unknown) answered_.insert(address);
  std::string words(" is ");
  words += server_type_name(server.type);
  if (server.error)
    words = " is unknown: " + explained(*server.error, answered_.contains(address), mechanism_);
  if (told.last == words) return std::nullopt;
  if (server.error) {
    const bool is_new = told.trouble != words || time - told.time_of_trouble >= told_again;
    if (!is_new) return std::nullopt;
    told.trouble = words;
    told.time_of_trouble = time;
  }
  told.last = words;
  return address + words;
}

std::optional<std::string> ServerNotes::note(const ServerClosedEvent& event) {
  const std::string address = event.address.text();
  const std::string why = why_left_out(told_[address].server, topology_);
  told_.erase(address);
  return address + " is left out: " + why;
}

std::vector<std::string> ServerNotes::silent_servers() const {
  std::vector<std::string> silent;
  for (const auto& [address, told] : told_) {
    if (told.last.empty()) silent.push_back(address);
  }
  return silent;
}

}  // namespace cmap::tools
