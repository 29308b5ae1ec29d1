// Where the elements of a document lie, checked against its end. Internal to pool/wire.
#pragma once

#include <cstddef>
#include <optional>

#include "pool/wire/bson.hpp"
#include "pool/wire/bytes.hpp"

namespace cmap::wire {

struct PlacedElement {
  ElementView element;
  std::size_t next = 0;  ///< the offset behind it
};

/// The element at `offset` of a document; nothing if the document ends there, or makes no sense.
std::optional<PlacedElement> element_at(ByteView document, std::size_t offset);

/// Checks what libbson 1.23 must not be trusted with, and does so without recursion: all lengths,
/// the zero bytes at the ends, the depth, and that values with text are UTF-8. libbson checks the
/// rest.
std::optional<Failure> check_document(ByteView document);

}  // namespace cmap::wire
