// Bytes that a peer may well send: what fuzzers and tests with mutations begin with.
#pragma once

#include <string>
#include <vector>

#include "pool/wire/bson_builder.hpp"
#include "pool/wire/bytes.hpp"
#include "pool/wire/message.hpp"

namespace cmap::wire {

inline std::vector<Bytes> good_inputs() {
  const Document hello =
      DocumentBuilder()
          .boolean("ismaster", true)
          .int32("maxWireVersion", 21)
          .array("hosts", std::vector<std::string>{"a:1", "b:2"})
          .document("topologyVersion",
                    DocumentBuilder().object_id("processId", {}).int64("counter", 8).build())
          .number_double("ok", 1)
          .build();
  const Document sasl =
      DocumentBuilder()
          .int32("conversationId", 1)
          .boolean("done", false)
          .binary("payload", bytes_of("r=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAserver,s=AAAA,i=4096"))
          .int32("ok", 1)
          .build();
  Bytes conversation = encode(OpMsg{.response_to = 1, .body = hello});
  append(conversation, encode(OpMsg{.response_to = 2, .body = sasl}));
  return {
      conversation,
      encode(
          OpMsg{.body = hello, .sequences = {{.name = "documents", .documents = {sasl, hello}}}}),
      encode(OpQuery{.collection = "admin.$cmd", .query = hello, .fields = sasl}),
      encode(OpReply{.documents = {hello, sasl}}),
      hello.bytes(),
      Bytes{'r', '=', 'a', 'b', 'c', 'd', ',', 's', '=', 'A',
            'A', 'A', 'A', ',', 'i', '=', '4', '0', '9', '6'},
      Bytes{'n', ',', ',', 'n', '=', 'u', ',', 'r', '=', 'x'},
  };
}

}  // namespace cmap::wire
