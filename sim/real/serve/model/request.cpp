// From messages to commands, and from replies to messages.
#include "sim/real/serve/model/request.hpp"

#include <utility>

namespace cmap::serve {
namespace {

std::string name_of(wire::DocumentView body) {
  return body.empty() ? std::string() : std::string(body.begin()->key());
}

std::optional<Request> from_query(wire::OpQuery query) {
  constexpr std::string_view command_collection = ".$cmd";
  if (!query.collection.ends_with(command_collection)) return std::nullopt;
  // Old drivers wrap a command to say which read preference it has.
  const auto wrapped = query.query.view().find_document("$query");
  wire::Document body = wrapped ? wire::Document(*wrapped) : std::move(query.query);
  std::string name = name_of(body);
  query.collection.resize(query.collection.size() - command_collection.size());
  return Request{.name = std::move(name),
                 .database = std::move(query.collection),
                 .body = std::move(body),
                 .id = query.request_id,
                 .legacy = true};
}

Request from_msg(wire::OpMsg message) {
  std::string name = name_of(message.body);
  std::string database(message.body.view().find_string("$db").value_or(""));
  return {.name = std::move(name),
          .database = std::move(database),
          .body = std::move(message.body),
          .sequences = std::move(message.sequences),
          .id = message.request_id,
          .exhaust_allowed = message.exhaust_allowed,
          .expects_reply = !message.more_to_come};
}

}  // namespace

std::optional<Request> Request::from(wire::Message message) {
  if (auto* query = std::get_if<wire::OpQuery>(&message)) return from_query(std::move(*query));
  if (auto* msg = std::get_if<wire::OpMsg>(&message)) return from_msg(std::move(*msg));
  return std::nullopt;
}

std::vector<wire::DocumentView> Request::documents(std::string_view field) const {
  std::vector<wire::DocumentView> found;
  for (const wire::DocumentSequence& sequence : sequences) {
    if (sequence.name != field) continue;
    found.insert(found.end(), sequence.documents.begin(), sequence.documents.end());
  }
  if (const auto array = body.view().find_array(field)) {
    for (const wire::ElementView& element : *array) {
      if (const auto document = element.as_document()) found.push_back(*document);
    }
  }
  return found;
}

bool Request::is_hello() const {
  return name == "hello" || name == "isMaster" || name == "ismaster";
}

PeerPhase Request::phase() const {
  if (is_hello()) return PeerPhase::hello;
  if (name == "saslStart" || name == "saslContinue" || name == "authenticate") {
    return PeerPhase::authenticate;
  }
  return PeerPhase::command;
}

wire::Bytes encode_reply(const Request& request, wire::Document reply, std::int32_t reply_id,
                         bool more_to_come) {
  if (request.legacy) {
    constexpr std::int32_t await_capable = 8;
    wire::OpReply message{
        .request_id = reply_id, .response_to = request.id, .flags = await_capable};
    message.documents.push_back(std::move(reply));
    return wire::encode(message);
  }
  return wire::encode(wire::OpMsg{.request_id = reply_id,
                                  .response_to = request.id,
                                  .more_to_come = more_to_come,
                                  .body = std::move(reply)});
}

std::string_view phase_name(PeerPhase phase) {
  switch (phase) {
    case PeerPhase::connect:
      return "connect";
    case PeerPhase::tls:
      return "tls";
    case PeerPhase::hello:
      return "hello";
    case PeerPhase::authenticate:
      return "authenticate";
    case PeerPhase::command:
      return "command";
  }
  return "";
}

}  // namespace cmap::serve
