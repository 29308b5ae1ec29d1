// A value, or the reason why there is none: peers send what they like, so that is no exception.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "pool/api/assert.hpp"

namespace cmap::wire {

/// Why something cannot be read or done, for people.
struct Failure {
  std::string message;
  bool operator==(const Failure&) const = default;
};

template <typename Value>
class [[nodiscard]] Result {
 public:
  // Implicit, so that a function returns either.
  Result(Value value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : content_(std::in_place_index<1>, std::move(failure)) {}

  explicit operator bool() const { return content_.index() == 0; }

  const Value& operator*() const& { return checked(std::get_if<0>(&content_)); }
  Value& operator*() & { return checked(std::get_if<0>(&content_)); }
  Value&& operator*() && { return std::move(checked(std::get_if<0>(&content_))); }
  const Value* operator->() const { return &**this; }
  Value* operator->() { return &**this; }

  [[nodiscard]] const Failure& failure() const { return checked(std::get_if<1>(&content_)); }
  [[nodiscard]] const std::string& error() const { return failure().message; }

 private:
  template <typename Part>
  static Part& checked(Part* part) {
    CMAP_ASSERT(part != nullptr);
    return *part;
  }

  std::variant<Value, Failure> content_;
};

}  // namespace cmap::wire
