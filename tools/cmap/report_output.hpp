// What people read of a replay: a line for each scenario, the failures, a summary.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/cmap/console.hpp"
#include "tools/cmap/replay_options.hpp"
#include "tools/cmap/result_sink.hpp"
#include "tools/cmap/selection.hpp"

namespace cmap::tools {

/// The command that repeats what failed, for a shell.
std::string repeat_command(const Played& played, const ReplayOptions& options,
                           const std::string& program);

std::string repeat_command(const PlayedCase& played, const ReplayOptions& options,
                           const std::string& program);

class ReportOutput final : public ResultSink {
 public:
  /// Failures that are shown in full unless `--verbose` asks for all.
  static constexpr std::size_t shown_failures = 3;

  /// All must outlive this. The time taken is counted from `start`.
  ReportOutput(Console& console, const ReplayOptions& options, const Selection& selection,
               std::chrono::steady_clock::time_point start);

  void add(const Played& played) override;
  void add_case(const PlayedCase& played) override;
  void finish() override;

 private:
  void heading(const std::string& path, bool embedded);
  [[nodiscard]] bool is_shown(bool is_good) const;
  [[nodiscard]] bool has_room_for_failure() const;
  [[nodiscard]] std::string exact_figures(const Played& played) const;
  [[nodiscard]] std::string line(const Played& played) const;
  void show_failures();
  void show_other_files();
  void show_summary();

  Console& console_;
  const ReplayOptions& options_;
  const Selection& selection_;
  std::chrono::steady_clock::time_point start_;
  std::size_t name_width_ = 0;
  bool several_folders_ = false;
  std::string folder_;
  std::vector<std::string> failures_;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
  std::size_t skipped_ = 0;
  std::uint64_t made_again_ = 0;  ///< runs
};

}  // namespace cmap::tools
