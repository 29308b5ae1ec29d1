// An io_context that always has work.
#include "pool/asio/io_threads.hpp"

#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "pool/asio/process_generation.hpp"

namespace cmap {

namespace asio = boost::asio;

class IoThreads::Running {
 public:
  explicit Running(std::size_t threads) : work_(context_.get_executor()) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { context_.run(); });
  }
  ~Running() {
    context_.stop();
    for (std::thread& thread : threads_) thread.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  [[nodiscard]] asio::any_io_executor executor() { return context_.get_executor(); }
  [[nodiscard]] bool is_inherited() const { return generation_ != current_process_generation(); }

 private:
  const std::uint64_t generation_ = current_process_generation();
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::vector<std::thread> threads_;
};

IoThreads::IoThreads(std::size_t threads)
    : running_(std::make_unique<Running>(threads)), threads_(threads) {}

/// In the child of a fork the threads are not there, and the reactor is the parent's: both are left
/// alone.
IoThreads::~IoThreads() {
  if (running_->is_inherited()) static_cast<void>(running_.release());
}

asio::any_io_executor IoThreads::executor() {
  if (running_->is_inherited()) {
    static_cast<void>(running_.release());
    running_ = std::make_unique<Running>(threads_);
  }
  return running_->executor();
}

}  // namespace cmap
