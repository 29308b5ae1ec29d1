// Where text goes: a descriptor with a buffer, which remembers what went wrong while writing.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace cmap::tools {

/// Writing never throws and never ends the program. A reader that went away (broken pipe) is no
/// error: what comes after is dropped. Everything else that goes wrong is kept for `error`.
class Output {
 public:
  /// `descriptor` stays open; `name` is for messages.
  Output(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  /// Creates or empties the file; if that fails, `error` says why.
  static std::unique_ptr<Output> create_file(const std::filesystem::path& path);
  /// Writes at the end of the file, which is created if need be.
  static std::unique_ptr<Output> append_to_file(const std::filesystem::path& path);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view text);
  void flush();
  /// Flushes, and closes what was created here.
  void close();

  [[nodiscard]] bool is_terminal() const;
  /// Nobody reads any more, which is noticed also where nothing was written since: all is dropped.
  [[nodiscard]] bool has_lost_reader();
  /// "cannot write FILE: No space left on device"; empty: all is well.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  static std::unique_ptr<Output> open_file(const std::filesystem::path& path, int flags);
  void fail(int code);

  int descriptor_;
  std::string name_;
  bool owned_ = false;
  bool dropping_ = false;
  std::string buffer_;
  std::string error_;
};

}  // namespace cmap::tools
