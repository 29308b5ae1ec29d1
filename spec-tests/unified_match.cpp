// Walks expectation and value side by side.
#include "spec-tests/unified_match.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "spec-tests/bson_value.hpp"

namespace cmap::spec_tests {
namespace {

std::string below(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + '.' + key;
}

std::optional<double> as_number(const Value& value) {
  if (const std::int64_t* number = value.integer()) return static_cast<double>(*number);
  if (const double* number = value.real()) return *number;
  return std::nullopt;
}

bool fits_int32(std::int64_t number) {
  using Limits = std::numeric_limits<std::int32_t>;
  return number >= Limits::min() && number <= Limits::max();
}

/// The type as BSON calls it, or "number"; a value that would fit both widths may have had either.
bool is_of_type(const Value& value, std::string_view type) {
  switch (value.kind()) {
    case Value::Kind::null:
      return type == "null";
    case Value::Kind::boolean:
      return type == "bool";
    case Value::Kind::integer:
      return (type == "int" && fits_int32(*value.integer())) || type == "long" || type == "number";
    case Value::Kind::real:
      return type == "double" || type == "number";
    case Value::Kind::text:
      return type == "string";
    case Value::Kind::array:
      return type == "array";
    case Value::Kind::object:
      if (value.object()->size() == 1 && value.find("$oid")) return type == "objectId";
      if (value.object()->size() == 1 && value.find("$date")) return type == "date";
      return type == "object";
  }
  return false;
}

bool is_of_a_type(const Value& value, const Value& types) {
  if (const std::string* type = types.text()) return is_of_type(value, *type);
  return types.array() != nullptr && std::ranges::any_of(*types.array(), [&](const Value& type) {
           return type.text() != nullptr && is_of_type(value, *type.text());
         });
}

/// The names that $type knows.
bool is_type_name(const Value& value) {
  constexpr std::array<std::string_view, 22> names{"double",
                                                   "string",
                                                   "object",
                                                   "array",
                                                   "binData",
                                                   "undefined",
                                                   "bool",
                                                   "objectId",
                                                   "date",
                                                   "null",
                                                   "regex",
                                                   "dbPointer",
                                                   "symbol",
                                                   "javascript",
                                                   "timestamp",
                                                   "number",
                                                   "javascriptWithScope",
                                                   "int",
                                                   "long",
                                                   "decimal",
                                                   "minKey",
                                                   "maxKey"};
  return value.text() && std::ranges::find(names, *value.text()) != names.end();
}

class UnifiedMatcher {
 public:
  explicit UnifiedMatcher(bool exact) : exact_(exact) {}

  std::optional<Mismatch> match(const Value& expected, const Value* actual, ExtraKeys extra,
                                const std::string& path) {
    if (const Member* special = exact_ ? nullptr : operator_in(expected)) {
      return match_operator(expected, *special, actual, extra, path);
    }
    if (actual == nullptr) return difference(expected, actual, path);
    if (expected.find("$numberLong")) {
      const Value number = without_extended_json(expected);
      if (number.integer()) return match(number, actual, extra, path);
    }
    if (expected.object() && actual->object()) {
      return match_objects(expected, *actual, extra, path);
    }
    if (expected.array() && actual->array()) return match_arrays(expected, *actual, path);
    const bool equal = same_value(expected, *actual, exact_ ? Numbers::typed : Numbers::by_value);
    return equal ? std::nullopt : std::optional(difference(expected, actual, path));
  }

 private:
  static const Member* operator_in(const Value& value) {
    const Value::Object* const object = value.object();
    const bool is_one = object && object->size() == 1 && is_unified_operator(object->front().key);
    return is_one ? &object->front() : nullptr;
  }

  std::optional<Mismatch> match_operator(const Value& expected, const Member& special,
                                         const Value* actual, ExtraKeys extra,
                                         const std::string& path) {
    const Value& operand = special.value;
    bool good = true;
    if (special.key == "$$exists") {
      good = (actual != nullptr) == (operand.boolean() != nullptr && *operand.boolean());
    } else if (special.key == "$$unsetOrMatches") {
      return actual ? match(operand, actual, extra, path) : std::nullopt;
    } else if (special.key == "$$matchAsDocument") {
      const Document document = parsed(actual);
      if (document.value) return match(operand, &*document.value, ExtraKeys::refused, path);
      good = false;
    } else if (special.key == "$$matchAsRoot") {
      return match(operand, actual, ExtraKeys::allowed, path);
    } else if (special.key == "$$type") {
      good = actual != nullptr && is_of_a_type(*actual, operand);
    } else if (special.key == "$$lte") {
      const auto number = actual ? as_number(*actual) : std::nullopt;
      good = number && *number <= as_number(without_extended_json(operand)).value_or(*number - 1);
    }
    return good ? std::nullopt : std::optional(difference(expected, actual, path));
  }

  std::optional<Mismatch> match_objects(const Value& expected, const Value& actual, ExtraKeys extra,
                                        const std::string& path) {
    for (const Member& member : *expected.object()) {
      const Value* const other = actual.find(member.key);
      auto mismatch = match(member.value, other, ExtraKeys::refused, below(path, member.key));
      if (mismatch) return mismatch;
    }
    if (extra == ExtraKeys::allowed) return std::nullopt;
    for (const Member& member : *actual.object()) {
      if (expected.find(member.key)) continue;
      return Mismatch{below(path, member.key), expected.mark, "nothing", to_text(member.value)};
    }
    return std::nullopt;
  }

  std::optional<Mismatch> match_arrays(const Value& expected, const Value& actual,
                                       const std::string& path) {
    const auto& elements = *expected.array();
    const auto& others = *actual.array();
    if (elements.size() != others.size()) return difference(expected, &actual, path);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const std::string place = path + '[' + std::to_string(i) + ']';
      if (auto mismatch = match(elements[i], &others[i], ExtraKeys::refused, place)) {
        return mismatch;
      }
    }
    return std::nullopt;
  }

  /// A text with a document in it.
  static Document parsed(const Value* actual) {
    if (!actual || !actual->text()) return {};
    Document document = read_text(*actual->text(), Syntax::json, "");
    if (document.value && !document.value->object()) return {};
    return document;
  }

  static Mismatch difference(const Value& expected, const Value* actual, const std::string& path) {
    Mismatch mismatch{path, expected.mark, to_text(expected),
                      actual ? to_text(*actual) : "nothing"};
    if (actual && mismatch.expected == mismatch.actual) {  // 2 and 2.0
      mismatch.expected += " (" + std::string(kind_name(expected.kind())) + ")";
      mismatch.actual += " (" + std::string(kind_name(actual->kind())) + ")";
    }
    return mismatch;
  }

  const bool exact_;
};

}  // namespace

std::optional<Mismatch> unified_match(const Value& expected, const Value* actual, ExtraKeys extra) {
  return UnifiedMatcher(false).match(expected, actual, extra, "");
}

std::optional<Mismatch> exact_match(const Value& expected, const Value& actual) {
  return UnifiedMatcher(true).match(expected, &actual, ExtraKeys::refused, "");
}

std::optional<std::string> wrong_operand(const Member& special) {
  const Value& operand = special.value;
  if (special.key == "$$exists" && !operand.boolean()) return "a boolean";
  if (special.key == "$$lte" && !as_number(without_extended_json(operand))) return "a number";
  if (special.key != "$$type" || is_type_name(operand)) return std::nullopt;
  const Value::Array* const types = operand.array();
  const bool good = types && !types->empty() && std::ranges::all_of(*types, is_type_name);
  return good ? std::nullopt : std::optional<std::string>("the name of a BSON type, or a list");
}

bool is_unified_operator(std::string_view key) {
  constexpr std::array<std::string_view, 6> operators{
      "$$exists", "$$type", "$$unsetOrMatches", "$$matchAsDocument", "$$matchAsRoot", "$$lte"};
  return std::ranges::find(operators, key) != operators.end();
}

}  // namespace cmap::spec_tests
