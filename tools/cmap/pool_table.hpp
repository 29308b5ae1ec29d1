// The table of `cmap monitor --stats` as text: which columns and lines have room.
#pragma once

#include <string>
#include <vector>

#include "tools/cmap/pool_stats.hpp"

namespace cmap::tools {

struct PoolRow {
  const std::string& address;
  const PoolStats& pool;
  double check_outs = 0, created = 0;  ///< per second
};

/// Two lines of head and one for each row. Where `space` is short, the least important columns and
/// the last rows are left out; lines below name them.
std::string pool_table(const std::vector<PoolRow>& rows, const TableSpace& space);

}  // namespace cmap::tools
