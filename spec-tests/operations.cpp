// operations: names of threads and connections become indices; what could never run is refused.
#include "spec-tests/operations.hpp"

#include <algorithm>

namespace cmap::spec_tests {
namespace {

constexpr std::string_view main_name = "main";

template <typename T>
std::optional<std::uint32_t> index_in(const std::vector<T>& items, const T& item) {
  const auto found = std::ranges::find(items, item);
  if (found == items.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - items.begin());
}

}  // namespace

sim::LabelIndex OperationReader::label(const std::string& name) {
  if (const auto index = index_in(scenario_.labels, name)) return *index;
  scenario_.labels.push_back(name);
  labels_.emplace_back();
  return static_cast<sim::LabelIndex>(scenario_.labels.size() - 1);
}

void OperationReader::set_label(sim::LabelIndex index, bool in_background) {
  labels_[index].set = true;
  labels_[index].set_in_background = labels_[index].set_in_background || in_background;
}

std::optional<sim::LabelIndex> OperationReader::used_label(ObjectReader& keys, Use use) {
  const Value* value = keys.need("connection");
  const auto name = read_string(value, "connection", problems_);
  if (!name) return std::nullopt;
  const sim::LabelIndex index = label(*name);
  uses_.push_back({index, use, value->mark});
  return index;
}

std::optional<sim::ActorIndex> OperationReader::known_thread(const Value* value,
                                                             std::string_view what) {
  const auto name = read_string(value, what, problems_);
  if (!name) return std::nullopt;
  if (*name != main_name) {
    if (const auto index = index_in(scenario_.actors, *name)) return index;
  }
  const std::vector<std::string_view> started(scenario_.actors.begin() + 1, scenario_.actors.end());
  problems_.add(value->mark, "the thread " + in_quotes(*name) + " was not started before" +
                                 did_you_mean(*name, started) +
                                 "; add an operation {name: start, target: ...}");
  return std::nullopt;
}

std::optional<sim::OperationBody> OperationReader::start(ObjectReader& keys) {
  const Value* target = keys.need("target");
  const auto name = read_string(target, "target", problems_);
  if (!name) return std::nullopt;
  if (index_in(scenario_.actors, *name)) {
    problems_.add(target->mark, "the thread " + in_quotes(*name) +
                                    (*name == main_name ? " is the main thread, choose another name"
                                                        : " is started already"));
    return std::nullopt;
  }
  scenario_.actors.push_back(*name);
  return sim::Start{static_cast<sim::ActorIndex>(scenario_.actors.size() - 1)};
}

std::optional<sim::OperationBody> OperationReader::wait(ObjectReader& keys,
                                                        ObjectReader* extension) {
  const bool extended = extension != nullptr && extension->has("ms");
  const Value* value = extended ? extension->find("ms") : keys.need("ms");
  const auto time =
      read_milliseconds(value, "ms", problems_, extended ? Fraction::allowed : Fraction::refused);
  if (!time) return std::nullopt;
  return sim::Wait{*time};
}

std::optional<sim::OperationBody> OperationReader::wait_for_thread(ObjectReader& keys) {
  const auto target = known_thread(keys.need("target"), "target");
  if (!target) return std::nullopt;
  return sim::WaitForThread{*target};
}

std::optional<sim::OperationBody> OperationReader::wait_for_event(ObjectReader& keys,
                                                                  ObjectReader* extension) {
  const auto event = read_event_type(keys.need("event"), "the event", problems_);
  const auto count = read_integer(keys.need("count"), "count", problems_, 1);
  const bool extended = extension != nullptr && extension->has("timeoutMS");
  const auto timeout = extended ? read_milliseconds(extension->find("timeoutMS"), "timeoutMS",
                                                    problems_, Fraction::allowed)
                                : read_milliseconds(keys.find("timeout"), "timeout", problems_);
  if (!event || !count) return std::nullopt;
  return sim::WaitForEvent{.event = *event, .count = *count, .timeout = timeout};
}

std::optional<CheckOutPurpose> OperationReader::purpose(const Value* value) {
  constexpr std::array<std::string_view, 3> words{"other", "cursor", "transaction"};
  const auto word = read_word(value, "purpose", words, problems_);
  if (!word) return std::nullopt;
  constexpr std::array<CheckOutPurpose, 3> purposes{CheckOutPurpose::other, CheckOutPurpose::cursor,
                                                    CheckOutPurpose::transaction};
  return purposes[*word];
}

sim::OperationBody OperationReader::check_out(ObjectReader& keys, ObjectReader* extension,
                                              bool always_in_background) {
  sim::CheckOut body{.in_background = always_in_background};
  if (extension != nullptr) {
    const Value* timeout = extension->find("timeoutMS");
    body.timeout = read_milliseconds(timeout, "timeoutMS", problems_, Fraction::allowed);
    body.purpose = purpose(extension->find("purpose")).value_or(CheckOutPurpose::other);
    if (!always_in_background) {
      body.in_background = extension->boolean("background").value_or(false);
    }
  }
  if (const auto name = keys.string("label")) {
    body.label = label(*name);
    set_label(*body.label, body.in_background);
  }
  return body;
}

std::optional<sim::OperationBody> OperationReader::check_in(ObjectReader& keys) {
  const auto index = used_label(keys, Use::any_check_out);
  if (!index) return std::nullopt;
  return sim::CheckIn{*index};
}

sim::OperationBody OperationReader::clear(ObjectReader& keys) {
  return sim::Clear{keys.boolean("interruptInUseConnections").value_or(false)};
}

std::optional<sim::OperationBody> OperationReader::cancel(ObjectReader& keys) {
  const auto index = used_label(keys, Use::any_check_out);
  if (!index) return std::nullopt;
  return sim::Cancel{*index};
}

void OperationReader::check_labels() {
  for (const LabelUse& use : uses_) {
    const LabelState& state = labels_[use.label];
    const std::string name = in_quotes(scenario_.labels[use.label]);
    if (!state.set) {
      problems_.add(use.mark, "no checkOut has the label " + name +
                                  did_you_mean(scenario_.labels[use.label], set_labels()));
    } else if (use.use == Use::background_check_out && !state.set_in_background) {
      problems_.add(use.mark,
                    "the checkOut with the label " + name +
                        " does not run in the background; add x-cmap: {background: true}");
    }
  }
}

std::vector<std::string_view> OperationReader::set_labels() const {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    if (labels_[i].set) names.emplace_back(scenario_.labels[i]);
  }
  return names;
}

}  // namespace cmap::spec_tests
