// Slots with a free list, and lists threaded through their items: every operation O(1), no
// allocation once a pool has reached its size.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "pool/api/assert.hpp"

namespace cmap {

/// Keeps items at stable addresses. `Item` has a member `ref` with `id` and `slot`; `id` is `none`
/// while the slot is free, so that a reference to an earlier item of the slot finds nothing.
template <typename Item>
class SlotTable {
 public:
  using Ref = decltype(Item::ref);
  using Id = decltype(Ref::id);

  /// A new item with the next id: 1, 2, 3, ...
  Item& acquire() {
    std::uint32_t slot;
    if (free_.empty()) {
      slot = slots_++;
      if (slot % chunk_size == 0) chunks_.push_back(std::make_unique<Chunk>());
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    Item& item = (*this)[slot];
    item.ref = Ref{.id = take_id(), .slot = slot};
    ++used_;
    return item;
  }

  /// The next id without an item: it has been and gone.
  Id take_id() {
    last_id_ = static_cast<Id>(static_cast<std::int64_t>(last_id_) + 1);
    return last_id_;
  }

  void release(Item& item) {
    CMAP_ASSERT(item.ref.id != Id::none);
    const std::uint32_t slot = item.ref.slot;
    item = Item{};
    free_.push_back(slot);
    --used_;
  }

  Item& operator[](std::uint32_t slot) { return (*chunks_[slot / chunk_size])[slot % chunk_size]; }
  const Item& operator[](std::uint32_t slot) const {
    return (*chunks_[slot / chunk_size])[slot % chunk_size];
  }

  /// Null if it is not there any more, or never was.
  Item* find(const Ref& ref) {
    return const_cast<Item*>(static_cast<const SlotTable&>(*this).find(ref));
  }
  const Item* find(const Ref& ref) const {
    if (ref.id == Id::none || ref.slot >= slots_) return nullptr;
    const Item& item = (*this)[ref.slot];
    return item.ref.id == ref.id ? &item : nullptr;
  }

  [[nodiscard]] std::size_t size() const { return used_; }
  /// The last id that was given or taken; none at first.
  [[nodiscard]] Id last_id() const { return last_id_; }

 private:
  /// A power of two; a deque would divide by the size of an item at each access.
  static constexpr std::uint32_t chunk_size = 8;
  using Chunk = std::array<Item, chunk_size>;

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::uint32_t slots_ = 0;
  std::vector<std::uint32_t> free_;
  Id last_id_ = Id::none;
  std::size_t used_ = 0;
};

template <typename Item>
struct SlotLinks {
  Item* previous = nullptr;
  Item* next = nullptr;
};

/// A doubly linked list of items at stable addresses, in order of insertion.
template <typename Item, SlotLinks<Item> Item::*links>
class SlotList {
 public:
  SlotList() = default;
  SlotList(const SlotList&) = delete;
  SlotList& operator=(const SlotList&) = delete;

  [[nodiscard]] bool empty() const { return first_ == nullptr; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Item& front() const { return *first_; }
  [[nodiscard]] Item& back() const { return *last_; }

  /// The item behind `item`; null at the end.
  [[nodiscard]] Item* next(const Item& item) const { return (item.*links).next; }
  /// The first item; null if there is none.
  [[nodiscard]] Item* first() const { return first_; }

  void push_back(Item& item) {
    item.*links = {.previous = last_, .next = nullptr};
    (last_ ? (last_->*links).next : first_) = &item;
    last_ = &item;
    ++size_;
  }

  void erase(Item& item) {
    const SlotLinks<Item> at = item.*links;
    CMAP_ASSERT(at.previous || first_ == &item);
    (at.previous ? (at.previous->*links).next : first_) = at.next;
    (at.next ? (at.next->*links).previous : last_) = at.previous;
    item.*links = {};
    --size_;
  }

 private:
  Item* first_ = nullptr;
  Item* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace cmap
