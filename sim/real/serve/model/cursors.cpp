// Ids grow, so that the first cursor of the map is the oldest.
#include "sim/real/serve/model/cursors.hpp"

#include <utility>

namespace cmap::serve {

std::int64_t Cursors::open(std::size_t member, ReadPosition position) {
  if (open_.size() == capacity) open_.erase(open_.begin());
  const std::int64_t id = next_id_++;
  open_.emplace(id, Cursor{.member = member, .position = std::move(position)});
  return id;
}

ReadPosition* Cursors::find(std::int64_t id, std::size_t member, std::string_view collection) {
  const auto found = open_.find(id);
  if (found == open_.end() || found->second.member != member ||
      found->second.position.collection != collection) {
    return nullptr;
  }
  return &found->second.position;
}

void Cursors::close_all_of(std::string_view collection) {
  std::erase_if(open_,
                [&](const auto& entry) { return entry.second.position.collection == collection; });
}

void Cursors::close_all_on(std::size_t member) {
  std::erase_if(open_, [&](const auto& entry) { return entry.second.member == member; });
}

}  // namespace cmap::serve
