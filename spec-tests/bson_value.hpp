// Documents of test files, in the extended JSON of the specifications, as BSON.
#pragma once

#include "pool/wire/bson.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// Numbers become int32 where they fit, else int64. {"$oid": ...}, {"$numberLong": ...} and
/// {"$date": ...} are what they say; a malformed one is a problem. `value` is an object; for
/// anything else, which is a problem, the empty document.
wire::Document to_document(const Value& value, Problems& problems);

/// The other way. Object ids and dates become extended JSON, other types that a Value has none for
/// their extended JSON as a text.
Value to_value(wire::DocumentView document);

/// The same value without extended JSON: $oid as its text, $numberLong as an integer. For what is
/// compared.
Value without_extended_json(const Value& value);

}  // namespace cmap::spec_tests
