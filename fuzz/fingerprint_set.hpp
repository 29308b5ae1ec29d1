// Many fingerprints in little memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cmap::fuzz {

/// Open addressing: 8 bytes each, in a table that is at most two thirds full. The standard set
/// takes five times as much. What is inserted must be spread well already.
class FingerprintSet {
 public:
  /// False: it was there.
  bool insert(std::uint64_t fingerprint) {
    if (fingerprint == 0) fingerprint = 1;
    if (3 * (size_ + 1) > 2 * table_.size()) grow();
    std::uint64_t& slot = slot_of(fingerprint);
    if (slot == fingerprint) return false;
    slot = fingerprint;
    ++size_;
    return true;
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::uint64_t& slot_of(std::uint64_t fingerprint) {
    std::size_t at = fingerprint & (table_.size() - 1);
    while (table_[at] != 0 && table_[at] != fingerprint) at = (at + 1) & (table_.size() - 1);
    return table_[at];
  }
  void grow() {
    std::vector<std::uint64_t> old(2 * table_.size());
    old.swap(table_);
    for (const std::uint64_t fingerprint : old) {
      if (fingerprint != 0) slot_of(fingerprint) = fingerprint;
    }
  }

  std::vector<std::uint64_t> table_ = std::vector<std::uint64_t>(1024);  ///< 0: free
  std::size_t size_ = 0;
};

}  // namespace cmap::fuzz
