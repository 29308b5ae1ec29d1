// createEntities: clients with their options, databases, collections, threads.
#include <algorithm>
#include <array>
#include <utility>

#include "pool/client/connection_string.hpp"
#include "spec-tests/read_preference.hpp"
#include "spec-tests/unified_events.hpp"
#include "spec-tests/unified_readers.hpp"

namespace cmap::spec_tests {
namespace {

/// A scalar as connection strings have it; nothing for another value.
std::optional<std::string> option_text(const Value& value) {
  if (const bool* flag = value.boolean()) return std::string(*flag ? "true" : "false");
  if (const std::int64_t* number = value.integer()) return std::to_string(*number);
  const std::string* const text = value.text();
  if (text == nullptr) return std::nullopt;
  std::string encoded;
  constexpr std::string_view hexadecimal = "0123456789ABCDEF";
  for (const char c : *text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                          (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
    if (is_plain) {
      encoded += c;
    } else {
      encoded += {'%', hexadecimal[byte >> 4U], hexadecimal[byte & 0xFU]};
    }
  }
  return encoded;
}

bool sends_more(const UnusedOptions& options) {
  return options.read_concern_level || options.w || options.journal || options.w_timeout;
}

/// A list, of tag sets, is one option again and again.
void add_option(const std::string& key, const Value& value, std::string& options, Misfit& misfit,
                Problems& problems) {
  if (const Value::Array* const values = value.array()) {
    for (const Value& each : *values) add_option(key, each, options, misfit, problems);
  } else if (const auto text = option_text(value)) {
    options += (options.empty() ? "" : "&") + key + "=" + *text;
  } else if (value.find("$$placeholder")) {
    misfit.note("the operator $$placeholder is not supported");
  } else {
    problems.add(value.mark,
                 key + " must be a text, a number or a boolean, but is " + to_text(value));
  }
}

std::string read_uri_options(const Value* value, Misfit& misfit, Problems& problems) {
  std::string options;
  if (value == nullptr) return options;
  if (value->object() == nullptr) {
    problems.add(value->mark, "uriOptions must be an object, but are " + to_text(*value));
    return options;
  }
  for (const Member& option : *value->object()) {
    add_option(option.key, option.value, options, misfit, problems);
  }
  const auto parsed = parse_connection_string("mongodb://host/?" + options);
  if (!parsed) misfit.note("uriOptions: " + parsed.error());
  if (parsed && sends_more(parsed->options.unused)) {
    misfit.note("commands here carry no read concern and no write concern");
  }
  if (parsed && !parsed->warnings.empty()) misfit.note("uriOptions: " + parsed->warnings.front());
  return options;
}

void read_log_components(const Value* value, UnifiedEntity& client, Misfit& misfit,
                         Problems& problems) {
  if (value == nullptr) return;
  if (value->object() == nullptr) {
    problems.add(value->mark, "observeLogMessages must be an object, but is " + to_text(*value));
    return;
  }
  if (value->object()->empty()) {
    problems.add(value->mark, "observeLogMessages must not be empty; leave it out");
  }
  client.logs.max_document_length = std::string::npos;  // replies are compared
  for (const Member& member : *value->object()) {
    const LogLevel level = read_log_level(&member.value, problems).value_or(LogLevel::off);
    const auto component = log_component_from_name(member.key);
    if (!component) {
      misfit.note("there are no log messages of the component " + in_quotes(member.key));
    } else {
      client.logs.set_level(*component, level);
    }
  }
}

void read_client(ObjectReader& keys, const Value& value, UnifiedEntity& client, Misfit& misfit) {
  constexpr std::array<std::string_view, 5> known{"id", "uriOptions", "useMultipleMongoses",
                                                  "observeEvents", "observeLogMessages"};
  Problems& problems = keys.problems();
  misfit.note_unknown(value, known, "a client");
  client.needs_mongoses = keys.boolean("useMultipleMongoses").value_or(false);
  client.uri_options = read_uri_options(keys.find("uriOptions"), misfit, problems);
  const Value* const events = keys.find("observeEvents");
  static_cast<void>(read_filled_list(events, "observeEvents", problems));
  for (std::string& name : read_strings(events, "observeEvents", problems)) {
    if (!unified_event_kind(name)) misfit.note("the event " + in_quotes(name) + " is not known");
    client.observed.insert(std::move(name));
  }
  read_log_components(keys.find("observeLogMessages"), client, misfit, problems);
}

void read_parent(ObjectReader& keys, const Value& value, std::string_view parent_key,
                 std::string_view name_key, UnifiedEntity& entity, Misfit& misfit) {
  const bool is_database = entity.kind == UnifiedEntity::Kind::database;
  const char* const options_key = is_database ? "databaseOptions" : "collectionOptions";
  const std::array<std::string_view, 4> known{"id", parent_key, name_key, options_key};
  if (const Value* const options = keys.find(options_key)) {
    constexpr std::array<std::string_view, 1> known_options{"readPreference"};
    misfit.note_unknown(*options, known_options, options_key);
    ObjectReader inside(*options, options_key, keys.problems());
    if (const Value* const preference = inside.find("readPreference")) {
      entity.read_preference = read_preference(preference, "tagSets", keys.problems());
    }
  }
  misfit.note_unknown(value, known, "a database or collection");
  entity.parent = read_string(keys.need(parent_key), parent_key, keys.problems()).value_or("");
  entity.name = read_string(keys.need(name_key), name_key, keys.problems()).value_or("");
}

std::optional<UnifiedEntity> read_entity(const Value& value, Misfit& misfit, Problems& problems) {
  if (!require_one_member(value, "an entity", problems)) return std::nullopt;
  const auto& [kind, mark, body] = only_member(value);
  ObjectReader keys(body, "an entity", problems);
  UnifiedEntity entity{.mark = body.mark};
  if (kind == "client") {
    read_client(keys, body, entity, misfit);
  } else if (kind == "database") {
    entity.kind = UnifiedEntity::Kind::database;
    read_parent(keys, body, "client", "databaseName", entity, misfit);
  } else if (kind == "collection") {
    entity.kind = UnifiedEntity::Kind::collection;
    read_parent(keys, body, "database", "collectionName", entity, misfit);
  } else if (kind == "thread") {
    constexpr std::array<std::string_view, 1> known{"id"};
    entity.kind = UnifiedEntity::Kind::thread;
    misfit.note_unknown(body, known, "a thread");
  } else {
    misfit.note("there are no entities of the type " + in_quotes(kind));
  }
  entity.id = read_string(keys.need("id"), "id", problems).value_or("");
  return entity;
}

}  // namespace

std::vector<UnifiedEntity> read_unified_entities(const Value* value, Misfit& misfit,
                                                 Problems& problems) {
  std::vector<UnifiedEntity> entities;
  for (const Value& element : read_filled_list(value, "createEntities", problems)) {
    if (auto entity = read_entity(element, misfit, problems)) {
      entities.push_back(*std::move(entity));
    }
  }
  return entities;
}

}  // namespace cmap::spec_tests
