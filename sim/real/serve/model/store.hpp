// Collections in memory, and places in them where a cursor goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pool/wire/bson.hpp"

namespace cmap::serve {

/// Where a reader stands. Stays good while others insert and erase.
struct ReadPosition {
  std::string collection;   ///< with its database: "db.name"
  std::uint64_t after = 0;  ///< the number of the document read last
  wire::Document filter{};
  std::optional<std::int64_t> left{};  ///< how many more at most; nothing: all
};

class Store {
 public:
  /// `max_bytes`: of all documents, with what it takes to keep them.
  explicit Store(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  enum class Inserted : std::uint8_t { done, duplicate, full };
  /// Makes the collection where it does not exist. `fresh_id`: for a document without one.
  Inserted insert(const std::string& collection, wire::DocumentView document,
                  const wire::ObjectId& fresh_id);
  /// `limit` 0: all. Returns how many.
  std::int64_t erase(const std::string& collection, wire::DocumentView filter, std::int64_t limit);
  /// The next document that matches, or nothing; it lives until something is changed.
  std::optional<wire::DocumentView> read(ReadPosition& position) const;

  /// False: it exists already, or (`full`) there is no room for more collections.
  bool create(const std::string& collection);
  [[nodiscard]] bool full() const { return bytes_ >= max_bytes_; }
  bool drop(const std::string& collection);
  void drop_database(std::string_view database);

  /// "db.name" of all collections, in order.
  [[nodiscard]] std::vector<std::string> collections() const;
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Collection {
    std::map<std::uint64_t, wire::Document> documents;  ///< in the order of their insertion
    std::map<std::string, std::uint64_t> by_id;
  };

  Collection* make(const std::string& collection);
  void forget(Collection& collection, std::uint64_t number);

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::uint64_t last_number_ = 0;
  std::map<std::string, Collection, std::less<>> collections_;
};

}  // namespace cmap::serve
