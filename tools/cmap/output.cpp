// Whole writes to a descriptor, interrupted or not.
#include "tools/cmap/output.hpp"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "spec-tests/problem.hpp"

namespace cmap::tools {
namespace {

constexpr std::size_t buffer_size = std::size_t{64} << 10U;

}  // namespace

std::unique_ptr<Output> Output::create_file(const std::filesystem::path& path) {
  return open_file(path, O_TRUNC);
}

std::unique_ptr<Output> Output::append_to_file(const std::filesystem::path& path) {
  return open_file(path, O_APPEND);
}

std::unique_ptr<Output> Output::open_file(const std::filesystem::path& path, int flags) {
  constexpr int mode = 0666;
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode);
  auto output = std::make_unique<Output>(descriptor, path.string());
  if (descriptor < 0) {
    output->fail(errno);
  } else {
    output->owned_ = true;
  }
  return output;
}

Output::~Output() { close(); }

void Output::write(std::string_view text) {
  if (dropping_) return;
  buffer_ += text;
  if (buffer_.size() >= buffer_size) flush();
}

void Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && !dropping_) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      fail(errno);
    }
  }
  buffer_.clear();
}

void Output::close() {
  flush();
  if (!std::exchange(owned_, false)) return;
  if (::close(descriptor_) != 0 && !dropping_) fail(errno);
  dropping_ = true;
}

bool Output::is_terminal() const { return ::isatty(descriptor_) == 1; }

bool Output::has_lost_reader() {
  pollfd reader{.fd = descriptor_, .events = 0, .revents = 0};
  if (::poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0) dropping_ = true;
  return dropping_;
}

void Output::fail(int code) {
  dropping_ = true;
  if (code == EPIPE) return;
  error_ =
      "cannot write " + spec_tests::printable(name_) + ": " + std::generic_category().message(code);
}

}  // namespace cmap::tools
