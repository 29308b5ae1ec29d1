// Records of what is alive, found by their ascending ids, without an allocation per event.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace cmap::sim {

/// `Record` has a member `id`, of an ordered type, and `bool gone = false`. Ids are appended in
/// ascending order. Pointers hold until the next `push_back` or `erase`.
///
/// Erased records stay as tombstones until they are more than the others: erasing costs O(1) on
/// average, finding O(log n), and memory follows what is alive, not how long the run is.
template <typename Record>
class LiveList {
 public:
  using Id = decltype(Record::id);

  void push_back(const Record& record) {
    records_.push_back(record);
    ++live_;
  }

  [[nodiscard]] Record* find(Id id) {
    if (live_ == 0) return nullptr;
    // Mostly it is the youngest one.
    if (records_.back().id == id) return records_.back().gone ? nullptr : &records_.back();
    const auto found =
        std::lower_bound(records_.begin() + static_cast<std::ptrdiff_t>(first_), records_.end(), id,
                         [](const Record& record, Id wanted) { return record.id < wanted; });
    const bool alive = found != records_.end() && found->id == id && !found->gone;
    return alive ? &*found : nullptr;
  }

  void erase(Record& record) {
    record.gone = true;
    --live_;
    while (first_ < records_.size() && records_[first_].gone) ++first_;
    if (records_.size() > 2 * live_ + slack) compact();
  }

  [[nodiscard]] std::size_t size() const { return live_; }
  [[nodiscard]] bool empty() const { return live_ == 0; }

  /// The oldest; not while empty.
  [[nodiscard]] const Record& front() const { return records_[first_]; }

  /// The oldest first.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t i = first_; i < records_.size(); ++i) {
      if (!records_[i].gone) visit(records_[i]);
    }
  }

  /// How many have a smaller id; stops counting at `enough`.
  [[nodiscard]] std::size_t count_before(Id id, std::size_t enough) const {
    std::size_t count = 0;
    for (std::size_t i = first_; i < records_.size() && records_[i].id < id; ++i) {
      if (!records_[i].gone && ++count == enough) break;
    }
    return count;
  }

 private:
  static constexpr std::size_t slack = 32;

  void compact() {
    std::erase_if(records_, [](const Record& record) { return record.gone; });
    first_ = 0;
  }

  std::vector<Record> records_;
  std::size_t first_ = 0;  ///< all before it are gone
  std::size_t live_ = 0;
};

}  // namespace cmap::sim
