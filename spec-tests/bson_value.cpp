// Walks the value and builds the document element by element.
#include "spec-tests/bson_value.hpp"

#include <charconv>
#include <limits>
#include <string>

#include "pool/api/ids.hpp"
#include "pool/wire/bson_builder.hpp"

namespace cmap::spec_tests {
namespace {

/// The value of the only key of an object; null if it is not that.
const Value* only(const Value& value, std::string_view key) {
  const Value::Object* const object = value.object();
  return object != nullptr && object->size() == 1 ? value.find(key) : nullptr;
}

std::optional<std::int64_t> number_in(const Value& value) {
  if (const std::int64_t* number = value.integer()) return *number;
  const std::string* const text = value.text();
  std::int64_t number = 0;
  if (text == nullptr) return std::nullopt;
  const char* const end = text->data() + text->size();
  const auto result = std::from_chars(text->data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

/// One member of an object, or element of an array, added to what is being built.
class Adder {
 public:
  Adder(wire::DocumentBuilder& to, std::string_view key, Problems& problems)
      : to_(to), key_(key), problems_(problems) {}

  void add(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::null:
        to_.null(key_);
        break;
      case Value::Kind::boolean:
        to_.boolean(key_, *value.boolean());
        break;
      case Value::Kind::integer:
        add_number(*value.integer());
        break;
      case Value::Kind::real:
        to_.number_double(key_, *value.real());
        break;
      case Value::Kind::text:
        to_.string(key_, *value.text());
        break;
      case Value::Kind::array:
        add_array(*value.array());
        break;
      case Value::Kind::object:
        add_object(value);
        break;
    }
  }

 private:
  void add_number(std::int64_t number) {
    using Limits = std::numeric_limits<std::int32_t>;
    if (number >= Limits::min() && number <= Limits::max()) {
      to_.int32(key_, static_cast<std::int32_t>(number));
    } else {
      to_.int64(key_, number);
    }
  }

  void add_array(const Value::Array& array) {
    wire::DocumentBuilder elements;
    for (std::size_t i = 0; i < array.size(); ++i) {
      Adder(elements, std::to_string(i), problems_).add(array[i]);
    }
    to_.array(key_, elements.build());
  }

  void add_object(const Value& value) {
    if (const Value* id = only(value, "$oid")) {
      const auto bytes = ServiceId::from_hex(id->text() ? *id->text() : "");
      if (!bytes) return malformed(*id, "24 hexadecimal digits");
      to_.object_id(key_, {.bytes = bytes->bytes()});
    } else if (const Value* number = only(value, "$numberLong")) {
      const auto given = number_in(*number);
      if (!given) return malformed(*number, "an integer in quotation marks");
      to_.int64(key_, *given);
    } else if (const Value* date = only(value, "$date")) {
      const Value* const inside = only(*date, "$numberLong");
      const auto given = number_in(inside ? *inside : *date);
      if (!given) return malformed(*date, "milliseconds since 1970");
      to_.date(key_, wire::Date(*given));
    } else {
      to_.document(key_, to_document(value, problems_));
    }
  }

  void malformed(const Value& value, const std::string& expected) {
    problems_.add(value.mark,
                  std::string(key_) + " must be " + expected + ", but is " + to_text(value));
  }

  wire::DocumentBuilder& to_;
  std::string_view key_;
  Problems& problems_;
};

/// One element the other way.
Value element_value(const wire::ElementView& element) {
  if (const auto number = element.as_int32()) return Value(std::int64_t{*number});
  if (const auto number = element.as_int64()) return Value(*number);
  if (const auto number = element.as_double()) return Value(*number);
  if (const auto flag = element.as_bool()) return Value(*flag);
  if (const auto text = element.as_string()) return Value(*text);
  if (const auto document = element.as_document()) return to_value(*document);
  if (element.is_null()) return {};
  if (const auto array = element.as_array()) {
    Value::Array elements;
    for (const wire::ElementView& each : *array) elements.push_back(element_value(each));
    return Value(std::move(elements));
  }
  Value::Object object;
  if (const auto id = element.as_object_id()) {
    object.push_back({"$oid", {}, Value(ServiceId(id->bytes).to_hex())});
  } else if (const auto date = element.as_date()) {
    object.push_back({"$date", {}, Value(std::int64_t{date->count()})});
  } else {
    return Value(wire::DocumentBuilder().element(element).build().to_json());
  }
  return Value(std::move(object));
}

}  // namespace

Value to_value(wire::DocumentView document) {
  Value::Object object;
  for (const wire::ElementView& element : document) {
    object.push_back({std::string(element.key()), {}, element_value(element)});
  }
  return Value(std::move(object));
}

wire::Document to_document(const Value& value, Problems& problems) {
  wire::DocumentBuilder document;
  if (value.object() == nullptr) {
    problems.add(value.mark, "expected a document, but this is " + to_text(value));
    return document.build();
  }
  for (const Member& member : *value.object()) {
    Adder(document, member.key, problems).add(member.value);
  }
  return document.build();
}

Value without_extended_json(const Value& value) {
  Value result = value;
  if (const Value* id = only(value, "$oid")) {
    result = *id;
  } else if (const Value* number = only(value, "$numberLong")) {
    if (const auto given = number_in(*number)) result = Value(*given);
  } else if (Value::Array* array = result.array()) {
    for (Value& element : *array) element = without_extended_json(element);
  } else if (Value::Object* object = result.object()) {
    for (Member& member : *object) member.value = without_extended_json(member.value);
  }
  result.mark = value.mark;
  return result;
}

}  // namespace cmap::spec_tests
