// Open cursors: what find has left for getMore.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

#include "sim/prng.hpp"
#include "sim/real/serve/model/store.hpp"

namespace cmap::serve {

/// Bounded: of very many cursors the oldest ones are forgotten.
class Cursors {
 public:
  static constexpr std::size_t capacity = 10'000;

  explicit Cursors(std::uint64_t seed)
      : next_id_(static_cast<std::int64_t>(sim::derive_seed(seed, "cursors") >> 2) + 1) {}

  /// Its id, never 0. Only `member` knows it.
  std::int64_t open(std::size_t member, ReadPosition position);
  /// Null: there is none of that id, on that member, for that collection.
  ReadPosition* find(std::int64_t id, std::size_t member, std::string_view collection);
  void close(std::int64_t id) { open_.erase(id); }
  /// The collection has gone.
  void close_all_of(std::string_view collection);
  /// The member has died.
  void close_all_on(std::size_t member);

 private:
  struct Cursor {
    std::size_t member;
    ReadPosition position;
  };

  std::int64_t next_id_;
  std::map<std::int64_t, Cursor> open_;  ///< the oldest first
};

}  // namespace cmap::serve
