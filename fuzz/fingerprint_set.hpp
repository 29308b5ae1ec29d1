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
  [[nodiscard]] bool contains(std::uint64_t fingerprint) const {
    return table_[place_of(key_of(fingerprint))] != 0;
  }
  /// It is not there yet.
  void insert(std::uint64_t fingerprint) {
    if (3 * (size_ + 1) > 2 * table_.size()) grow();
    table_[place_of(key_of(fingerprint))] = key_of(fingerprint);
    ++size_;
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static std::uint64_t key_of(std::uint64_t fingerprint) {
    return fingerprint != 0 ? fingerprint : 1;
  }
  /// Where it is, or could be.
  [[nodiscard]] std::size_t place_of(std::uint64_t key) const {
    std::size_t at = key & (table_.size() - 1);
    while (table_[at] != 0 && table_[at] != key) at = (at + 1) & (table_.size() - 1);
    return at;
  }
  void grow() {
    std::vector<std::uint64_t> old(2 * table_.size());
    old.swap(table_);
    for (const std::uint64_t key : old) {
      if (key != 0) table_[place_of(key)] = key;
    }
  }

  std::vector<std::uint64_t> table_ = std::vector<std::uint64_t>(1024);  ///< 0: free
  std::size_t size_ = 0;
};

}  // namespace cmap::fuzz
