// Between the sources of the writer: one writer for each concern of the format, each the mirror of
// its reader in readers.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pool/api/time.hpp"
#include "sim/scenario.hpp"
#include "spec-tests/document.hpp"

namespace cmap::spec_tests {

/// An object that grows key by key. What is not there, false or empty is left out: nobody writes
/// defaults.
class Keys {
 public:
  void add(std::string_view key, Value value) {
    object_.push_back({std::string(key), Mark{}, std::move(value)});
  }
  void add_text(std::string_view key, std::string_view text) {
    if (!text.empty()) add(key, Value(text));
  }
  void add_flag(std::string_view key, bool flag) {
    if (flag) add(key, Value(true));
  }
  void add_number(std::string_view key, const std::optional<std::int64_t>& number) {
    if (number) add(key, Value(*number));
  }
  /// In milliseconds, with a fraction where there is one.
  void add_time(std::string_view key, Duration time);
  void add_texts(std::string_view key, const std::vector<std::string>& texts);
  void add_list(std::string_view key, Value::Array list) {
    if (!list.empty()) add(key, Value(std::move(list)));
  }
  void add_object(std::string_view key, Keys keys) {
    if (!keys.object_.empty()) add(key, std::move(keys).value());
  }

  [[nodiscard]] const Value::Object& object() const { return object_; }
  [[nodiscard]] Value value() && { return Value(std::move(object_)); }

 private:
  Value::Object object_;
};

bool is_whole_milliseconds(Duration time);

/// `poolOptions`, and into `extension` what belongs to `x-cmap.pool`.
Keys write_pool_options(const sim::Scenario& scenario, Keys& extension);

/// A configureFailPoint command.
Keys write_fail_point(const sim::FailPoint& fail_point);

/// `x-cmap.server` and an element of `x-cmap.establishments`.
Keys write_server(const sim::ServerSetup& setup);
Keys write_establishment(const sim::EstablishmentScript& script);

/// An element of `operations`. `error`: of its x-cmap; null: none.
Keys write_operation(const sim::Scenario& scenario, const sim::Operation& operation,
                     const Value* error);
/// An element of `x-cmap.listener`.
Keys write_listener_action(const sim::Scenario& scenario, const sim::ListenerAction& action);

}  // namespace cmap::spec_tests
