// The deadlines of check-outs and establishments: the earliest at hand, any of them removable.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pool/api/time.hpp"

namespace cmap {

/// A binary heap that knows where each of its elements is. `arm` and `disarm` are O(log n).
class Deadlines {
 public:
  enum class Owner : std::uint8_t { check_out, establishment };

  /// Several that are due at once come in the order of these fields.
  struct Deadline {
    TimePoint when;
    Owner owner = Owner::check_out;
    std::int64_t id = 0;
    std::uint32_t slot = 0;
    auto operator<=>(const Deadline&) const = default;
  };

  using Handle = std::uint32_t;
  static constexpr Handle none = 0xFFFFFFFF;

  Handle arm(const Deadline& deadline);
  /// Does nothing for `none`; sets the handle to `none`.
  void disarm(Handle& handle);

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  /// Not empty.
  [[nodiscard]] const Deadline& earliest() const { return heap_.front().deadline; }
  /// All of them. For inspection: it sorts.
  [[nodiscard]] std::vector<Deadline> in_order() const;

 private:
  struct Entry {
    Deadline deadline;
    Handle handle = none;
  };

  void place(std::size_t index, const Entry& entry);
  void sift_up(std::size_t index);
  void sift_down(std::size_t index);

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> positions_;  ///< by handle: index into heap_
  std::vector<Handle> free_handles_;
};

}  // namespace cmap
