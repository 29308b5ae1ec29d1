// Everything that reads bytes of a peer, on one input: for the fuzzer and the test with mutations.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "pool/api/assert.hpp"
#include "pool/wire/bson.hpp"
#include "pool/wire/bytes.hpp"
#include "pool/wire/command.hpp"
#include "pool/wire/establishment.hpp"
#include "pool/wire/frame.hpp"
#include "pool/wire/hello_reply.hpp"
#include "pool/wire/message.hpp"
#include "pool/wire/scram.hpp"

namespace cmap::wire {

/// How far one input came.
struct DecodeCounts {
  std::size_t messages = 0;
  std::size_t decoded = 0;
  std::size_t documents = 0;
  std::size_t establishments = 0;  ///< that went beyond hello
};

/// Aborts where what was accepted contradicts itself; sanitizers watch the rest.
class DecodeEverything {
 public:
  /// `keys`: kept from input to input, because deriving them takes longest.
  DecodeEverything(ByteView input, std::shared_ptr<ScramKeyCache> keys)
      : input_(input), keys_(std::move(keys)) {}

  DecodeCounts run() {
    // In pieces, whose size depends on the input.
    const std::size_t piece = 1 + input_.size() % 61;
    FrameSplitter splitter;
    for (std::size_t at = 0; at < input_.size(); at += piece) {
      splitter.feed(input_.subspan(at, std::min(piece, input_.size() - at)));
      while (const std::optional<ByteView> message = splitter.next()) {
        CMAP_ASSERT(message->size() >= header_size);
        on_message(*message);
      }
      CMAP_ASSERT(splitter.failure() || splitter.needed() > 0);
    }
    if (const Result<Document> document = Document::parse(input_)) on_document(*document);
    walk(DocumentView(input_), 0);
    converse();
    talk_scram();
    return counts_;
  }

 private:
  void on_message(ByteView bytes) {
    ++counts_.messages;
    const Result<Message> message = decode(bytes);
    if (!message) return;
    ++counts_.decoded;
    const Bytes again = std::visit([](const auto& each) { return encode(each); }, *message);
    CMAP_ASSERT(*decode(again) == *message);
    if (const auto* op_msg = std::get_if<OpMsg>(&*message)) on_document(op_msg->body);
    if (const auto* query = std::get_if<OpQuery>(&*message)) on_document(query->query);
    if (const auto* reply = std::get_if<OpReply>(&*message)) {
      for (const Document& document : reply->documents) on_document(document);
    }
  }

  void on_document(const Document& document) {
    ++counts_.documents;
    CMAP_ASSERT(Document::parse(document.bytes()));
    walk(document, 0);
    CMAP_ASSERT(!document.to_json().empty());
    const HelloReply hello = HelloReply::from(document);
    const CommandReply reply{.document = document};
    CMAP_ASSERT(hello.ok == reply.ok() && hello.code == reply.code());
    (void)command_error(Address(), reply);
    (void)parse_sasl_reply(document);
    // Whatever the body: as a command it has a database and the same elements in front.
    const Result<OpMsg> command = decode_op_msg(encode_command(document, "db", 1));
    CMAP_ASSERT(!command || command->body.find("$db"));
  }

  void walk(DocumentView document, std::size_t depth) {
    if (depth == max_document_depth) return;
    for (const ElementView& element : document) {
      (void)element.as_double();
      (void)element.as_string();
      (void)element.as_binary();
      (void)element.as_object_id();
      (void)element.as_bool();
      (void)element.as_date();
      (void)element.as_timestamp();
      (void)element.as_whole_number();
      (void)element.as_flag();
      if (const auto inner = element.as_document()) walk(*inner, depth + 1);
      if (const auto inner = element.as_array()) walk(*inner, depth + 1);
    }
  }

  /// The messages of the input as the answers of a server, made to fit the requests.
  void converse() {
    Establishment establishment({.credential = Credential{.user = "user", .password = "pencil"},
                                 .nonces = [](std::span<std::uint8_t> bytes) {
                                   std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
                                 }});
    FrameSplitter splitter;
    splitter.feed(input_);
    while (!establishment.finished()) {
      const Bytes request = establishment.take_output();
      CMAP_ASSERT(!request.empty());
      const std::optional<ByteView> answer = splitter.next();
      if (!answer) break;
      Bytes fitting(answer->begin(), answer->end());
      store_at(fitting, 8, decode_op_msg(request)->request_id);
      establishment.receive(fitting);
    }
    if (establishment.phase() > EstablishmentPhase::hello) ++counts_.establishments;
    CMAP_ASSERT(!establishment.error() || establishment.error()->fault == NetworkFault::none);
  }

  void talk_scram() {
    const std::string_view text = text_of(input_);
    ScramClient client(ScramMechanism::sha1, "user", "pencil", "abc", keys_);
    if (client.final_message(text)) CMAP_ASSERT(client.verify(text));
    ScramServer server(ScramMechanism::sha1, "def", [](const std::string&) {
      return std::optional<ScramCredential>(ScramCredential{.salt = Bytes(8, 1),
                                                            .iterations = 4096,
                                                            .stored_key = Bytes(20, 1),
                                                            .server_key = Bytes(20, 2)});
    });
    if (server.first_message(text)) CMAP_ASSERT(!server.final_message(text));
  }

  ByteView input_;
  std::shared_ptr<ScramKeyCache> keys_;
  DecodeCounts counts_;
};

}  // namespace cmap::wire
