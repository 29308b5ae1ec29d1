// A binary heap with back references.
#include "pool/core/deadlines.hpp"

#include <algorithm>

#include "pool/api/assert.hpp"

namespace cmap {

Deadlines::Handle Deadlines::arm(const Deadline& deadline) {
  Handle handle;
  if (free_handles_.empty()) {
    handle = static_cast<Handle>(positions_.size());
    positions_.push_back(0);
  } else {
    handle = free_handles_.back();
    free_handles_.pop_back();
  }
  heap_.push_back({deadline, handle});
  positions_[handle] = static_cast<std::uint32_t>(heap_.size() - 1);
  sift_up(heap_.size() - 1);
  return handle;
}

void Deadlines::disarm(Handle& handle) {
  if (handle == none) return;
  const std::size_t index = positions_[handle];
  CMAP_ASSERT(index < heap_.size() && heap_[index].handle == handle);
  const Entry last = heap_.back();
  heap_.pop_back();
  if (index < heap_.size()) {
    place(index, last);
    sift_up(index);
    sift_down(positions_[last.handle]);
  }
  free_handles_.push_back(handle);
  handle = none;
}

void Deadlines::place(std::size_t index, const Entry& entry) {
  heap_[index] = entry;
  positions_[entry.handle] = static_cast<std::uint32_t>(index);
}

void Deadlines::sift_up(std::size_t index) {
  const Entry entry = heap_[index];
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (!(entry.deadline < heap_[parent].deadline)) break;
    place(index, heap_[parent]);
    index = parent;
  }
  place(index, entry);
}

void Deadlines::sift_down(std::size_t index) {
  const Entry entry = heap_[index];
  for (;;) {
    std::size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    const bool right_is_earlier =
        child + 1 < heap_.size() && heap_[child + 1].deadline < heap_[child].deadline;
    if (right_is_earlier) ++child;
    if (!(heap_[child].deadline < entry.deadline)) break;
    place(index, heap_[child]);
    index = child;
  }
  place(index, entry);
}

std::vector<Deadlines::Deadline> Deadlines::in_order() const {
  std::vector<Deadline> all;
  all.reserve(heap_.size());
  for (const Entry& entry : heap_) all.push_back(entry.deadline);
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace cmap
