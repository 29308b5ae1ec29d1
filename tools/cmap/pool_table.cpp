// Columns as wide as their widest cell, chosen by importance.
#include "tools/cmap/pool_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

namespace cmap::tools {
namespace {

constexpr std::size_t head_lines = 2;

std::string milliseconds_at(const RecentDurations& durations, std::size_t percent) {
  if (durations.empty()) return "-";
  const std::chrono::duration<double, std::milli> time = durations.percentile(percent);
  return fmt::format("{:.3f}", time.count());
}

struct ColumnKind {
  const char* head;
  const char* unit = "";
  const char* name = nullptr;  ///< where it is left out; null: its head
  std::size_t width;
  std::size_t importance;  ///< 0 is the most important
  std::string (*cell)(const PoolRow&);
  bool is_text = false;  ///< begins at the left
  std::size_t gap = 1;   ///< before it
};

// A pool in trouble shows in the first eight: whether it works, how fast, and who waits.
constexpr std::array<ColumnKind, 15> column_kinds{{
    {.head = "server",
     .width = 24,
     .importance = 0,
     .cell = [](const PoolRow& row) { return row.address; },
     .is_text = true,
     .gap = 0},
    {.head = "type",
     .width = 11,
     .importance = 8,
     .cell =
         [](const PoolRow& row) {
           return row.pool.server_type.empty() ? std::string("-") : row.pool.server_type;
         },
     .is_text = true},
    {.head = "state",
     .width = 6,
     .importance = 1,
     .cell = [](const PoolRow& row) { return std::string(row.pool.state); },
     .is_text = true},
    {.head = "gen",
     .width = 3,
     .importance = 11,
     .cell = [](const PoolRow& row) { return std::to_string(row.pool.generation); }},
    {.head = "avail",
     .width = 5,
     .importance = 9,
     .cell = [](const PoolRow& row) { return std::to_string(row.pool.counts.available); }},
    {.head = "in use",
     .width = 6,
     .importance = 6,
     .cell = [](const PoolRow& row) { return std::to_string(row.pool.counts.in_use); }},
    {.head = "pending",
     .width = 7,
     .importance = 10,
     .cell = [](const PoolRow& row) { return std::to_string(row.pool.counts.pending); }},
    {.head = "queue",
     .width = 5,
     .importance = 7,
     .cell = [](const PoolRow& row) { return std::to_string(row.pool.counts.waiting); }},
    {.head = "check-out",
     .unit = "per s",
     .width = 9,
     .importance = 2,
     .cell = [](const PoolRow& row) { return fmt::format("{:.1f}", row.check_outs); },
     .gap = 2},
    {.head = "p50",
     .unit = "ms",
     .width = 7,
     .importance = 4,
     .cell = [](const PoolRow& row) { return milliseconds_at(row.pool.check_out, 50); }},
    {.head = "p99",
     .unit = "ms",
     .width = 7,
     .importance = 3,
     .cell = [](const PoolRow& row) { return milliseconds_at(row.pool.check_out, 99); }},
    {.head = "new",
     .unit = "per s",
     .width = 6,
     .importance = 12,
     .cell = [](const PoolRow& row) { return fmt::format("{:.1f}", row.created); },
     .gap = 2},
    {.head = "p50",
     .unit = "ms",
     .name = "p50 of new",
     .width = 7,
     .importance = 14,
     .cell = [](const PoolRow& row) { return milliseconds_at(row.pool.establishment, 50); }},
    {.head = "p99",
     .unit = "ms",
     .name = "p99 of new",
     .width = 7,
     .importance = 13,
     .cell = [](const PoolRow& row) { return milliseconds_at(row.pool.establishment, 99); }},
    {.head = "failed",
     .width = 7,
     .importance = 5,
     .cell = [](const PoolRow& row) { return std::to_string(row.pool.failed); }},
}};

struct Column {
  const ColumnKind* kind;
  std::vector<std::string> cells;  ///< the head too
  std::size_t width;
  bool is_shown = true;
};

std::vector<Column> columns_of(const std::vector<PoolRow>& rows) {
  std::vector<Column> columns;
  for (const ColumnKind& kind : column_kinds) {
    Column column{.kind = &kind, .cells = {kind.head, kind.unit}, .width = kind.width};
    for (const PoolRow& row : rows) column.cells.push_back(kind.cell(row));
    for (const std::string& cell : column.cells) column.width = std::max(column.width, cell.size());
    columns.push_back(std::move(column));
  }
  return columns;
}

std::size_t width_of(const std::vector<Column>& columns) {
  std::size_t width = 0;
  for (const Column& column : columns) {
    if (column.is_shown) width += column.kind->gap + column.width;
  }
  return width;
}

/// The server stays whatever its width: without it a line says nothing.
void leave_out_what_does_not_fit(std::vector<Column>& columns, std::size_t width) {
  for (std::size_t least = columns.size() - 1; least > 0 && width_of(columns) > width; --least) {
    std::ranges::find(columns, least, [](const Column& column) {
      return column.kind->importance;
    })->is_shown = false;
  }
}

std::string line_of(const std::vector<Column>& columns, std::size_t index) {
  std::string line;
  for (const Column& column : columns) {
    if (!column.is_shown) continue;
    line.append(column.kind->gap, ' ');
    line += column.kind->is_text ? fmt::format("{:<{}}", column.cells.at(index), column.width)
                                 : fmt::format("{:>{}}", column.cells.at(index), column.width);
  }
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

/// Lines no longer than that where the words allow it.
std::vector<std::string> wrapped(const std::vector<std::string>& words, std::size_t width) {
  std::vector<std::string> lines;
  for (const std::string& word : words) {
    if (lines.empty() || lines.back().size() + 1 + word.size() > width) {
      lines.push_back(word);
    } else {
      lines.back() += ' ' + word;
    }
  }
  return lines;
}

std::vector<std::string> note_on_width(const std::vector<Column>& columns, std::size_t width) {
  std::vector<std::string> words;
  for (const Column& column : columns) {
    if (column.is_shown) continue;
    const ColumnKind& kind = *column.kind;
    if (words.empty()) words = {"left out", "for want", "of width:"};
    words.push_back(std::string(kind.name ? kind.name : kind.head) + ',');
  }
  if (!words.empty()) words.back().pop_back();
  return wrapped(words, width);
}

}  // namespace

std::string pool_table(const std::vector<PoolRow>& rows, const TableSpace& space) {
  std::vector<Column> columns = columns_of(rows);
  leave_out_what_does_not_fit(columns, space.columns);
  std::vector<std::string> below = note_on_width(columns, space.columns);
  std::size_t shown = rows.size();
  const std::size_t taken = head_lines + below.size();
  if (taken + rows.size() > space.lines) {
    shown = space.lines > taken + 1 ? space.lines - taken - 1 : 0;
    below.push_back(fmt::format("left out for want of lines: {} of {} servers", rows.size() - shown,
                                rows.size()));
  }
  std::string text;
  const auto add = [&](const std::string& line) { text += line.substr(0, space.columns) + '\n'; };
  for (std::size_t i = 0; i < head_lines + shown; ++i) add(line_of(columns, i));
  for (const std::string& line : below) add(line);
  return text;
}

}  // namespace cmap::tools
