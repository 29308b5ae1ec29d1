// The bounds are spent before memory is: an alias costs what the tree behind it costs.
#include "spec-tests/document_builder.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <set>

namespace cmap::spec_tests {
namespace {

std::size_t depth_of(const Value& value) {
  std::size_t deepest = 0;
  if (const auto* array = value.array()) {
    for (const Value& element : *array) deepest = std::max(deepest, depth_of(element));
  } else if (const auto* object = value.object()) {
    for (const Member& member : *object) deepest = std::max(deepest, depth_of(member.value));
  }
  return deepest + 1;
}

ParseStopped too_deep(Mark mark) {
  return {mark, "nested deeper than " + std::to_string(max_depth) + " levels; use less nesting"};
}

}  // namespace

bool DocumentBuilder::expects_key() const {
  return !open_.empty() && open_.back().value.object() != nullptr && !open_.back().has_key;
}

void DocumentBuilder::spend(Size size, Mark mark) {
  spent_.nodes += size.nodes;
  spent_.bytes += size.bytes;
  if (spent_.nodes > max_nodes) {
    throw ParseStopped{mark,
                       "more than " + std::to_string(max_nodes) +
                           " values (aliases count as often as they are used); split the file"};
  }
  if (spent_.bytes > max_text_bytes) {
    throw ParseStopped{mark, "more than " + std::to_string(max_text_bytes >> 20U) +
                                 " MiB of text (aliases count as often as they are used)"};
  }
}

void DocumentBuilder::scalar(Value value, Mark mark, std::size_t anchor) {
  const Size before = spent_;
  spend({1, value.text() != nullptr ? value.text()->size() : 0}, mark);
  value.mark = mark;
  finish(std::move(value), anchor, before);
}

void DocumentBuilder::key(std::string_view text, Mark mark) {
  assert(expects_key());
  spend({0, text.size()}, mark);
  open_.back().key = text;
  open_.back().key_mark = mark;
  open_.back().has_key = true;
}

void DocumentBuilder::merge_key(Mark mark) {
  key("<<", mark);
  open_.back().is_merging = true;
}

void DocumentBuilder::bad_key(Mark mark, std::string message) {
  assert(expects_key());
  if (!bad_key_) bad_key_ = ParseStopped{mark, std::move(message)};
  key({}, mark);
}

void DocumentBuilder::begin(Value value, Mark mark, std::size_t anchor) {
  if (expects_key()) bad_key(mark, "a key must be a text, not a list or an object");
  if (open_.size() == max_depth) throw too_deep(mark);
  const Size before = spent_;
  spend({1, 0}, mark);
  value.mark = mark;
  open_.push_back({.value = std::move(value), .anchor = anchor, .before = before});
}

void DocumentBuilder::end() {
  assert(!open_.empty());
  throw_bad_key();
  Open done = std::move(open_.back());
  open_.pop_back();
  if (auto* object = done.value.object()) {
    check_keys(*object);
    merge(*object, std::move(done.merged));
  }
  finish(std::move(done.value), done.anchor, done.before);
}

void DocumentBuilder::finish(Value value, std::size_t anchor, Size before) {
  if (anchor != 0) remember(anchor, value, before);
  place(std::move(value));
}

void DocumentBuilder::remember(std::size_t anchor, const Value& value, Size before) {
  const Size size{spent_.nodes - before.nodes, spent_.bytes - before.bytes};
  spend(size, value.mark);  // the copy kept for the aliases
  anchors_[anchor] = {value, size, depth_of(value)};
}

void DocumentBuilder::alias(std::size_t anchor, Mark mark) {
  if (expects_key()) throw ParseStopped{mark, "a key must be a text, not an alias"};
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    throw ParseStopped{mark, "this alias stands inside the value that it names: a cycle"};
  }
  if (open_.size() + found->second.depth > max_depth) throw too_deep(mark);
  spend(found->second.size, mark);
  Value value = found->second.value;
  value.mark = mark;
  place(std::move(value));
}

void DocumentBuilder::place(Value value) {
  if (open_.empty()) {
    root_ = std::move(value);
    return;
  }
  Open& parent = open_.back();
  if (auto* array = parent.value.array()) {
    array->push_back(std::move(value));
    return;
  }
  assert(parent.has_key);
  if (std::exchange(parent.is_merging, false)) {
    parent.merged.push_back(std::move(value));
    parent.key.clear();
    parent.has_key = false;
    return;
  }
  parent.value.object()->push_back(
      {std::exchange(parent.key, {}), parent.key_mark, std::move(value)});
  parent.has_key = false;
}

/// The first one of a name counts; those of the object itself were there before.
void DocumentBuilder::merge(Value::Object& object, std::vector<Value> merged) {
  if (merged.empty()) return;
  std::set<std::string, std::less<>> names;
  for (const Member& member : object) names.insert(member.key);
  const auto add = [&](Value& source) {
    auto* const members = source.object();
    if (members == nullptr) {
      throw ParseStopped{source.mark, "\"<<\" needs an object, or a list of objects, to merge"};
    }
    for (Member& member : *members) {
      if (names.insert(member.key).second) object.push_back(std::move(member));
    }
  };
  for (Value& source : merged) {
    if (auto* const list = source.array()) {
      for (Value& each : *list) add(each);
    } else {
      add(source);
    }
  }
}

void DocumentBuilder::check_keys(const Value::Object& object) {
  std::vector<const Member*> sorted;
  sorted.reserve(object.size());
  for (const Member& member : object) sorted.push_back(&member);
  std::ranges::stable_sort(sorted, {},
                           [](const Member* member) -> const std::string& { return member->key; });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const Member& first = *sorted[i - 1];
    const Member& second = *sorted[i];
    if (first.key != second.key) continue;
    problems_.add(second.mark, "the key " + in_quotes(second.key) +
                                   " is given twice, first in line " +
                                   std::to_string(first.mark.line) + "; remove one");
  }
}

}  // namespace cmap::spec_tests
