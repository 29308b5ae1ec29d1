// A thread for each ping: what is measured is the pool.
#include "tools/cmap/workload.hpp"

#include <algorithm>
#include <utility>

#include "pool/wire/bson_builder.hpp"

namespace cmap::tools {
namespace {

/// What cannot work is not tried again at once.
constexpr std::chrono::milliseconds rest_after_failure(100);

wire::Document ping_command() { return wire::DocumentBuilder().int32("ping", 1).build(); }

}  // namespace

Workload::Workload(Client& client, ReadPreference preference, std::size_t concurrent, Failed failed)
    : client_(client),
      how_{.selection = cmap::Selection{.read_preference = std::move(preference)}},
      failed_(std::move(failed)),
      running_(std::max<std::size_t>(concurrent, 1)) {
  const bool once = concurrent == 0;
  for (std::size_t i = 0; i < running_; ++i) {
    threads_.emplace_back([this, once] { ping_until_stopped(once); });
  }
}

Workload::~Workload() {
  stop();
  for (std::thread& thread : threads_) thread.join();
}

void Workload::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

bool Workload::wait_for_end(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [this] { return running_ == 0; });
}

void Workload::ping_until_stopped(bool once) {
  bool goes_on = true;
  while (goes_on) {
    const bool worked = ping();
    std::unique_lock lock(mutex_);
    if (!worked && !once) changed_.wait_for(lock, rest_after_failure, [&] { return stopping_; });
    goes_on = !once && !stopping_;
  }
  const std::lock_guard lock(mutex_);
  --running_;
  changed_.notify_all();
}

bool Workload::ping() {
  try {
    static_cast<void>(client_.run_command(ping_command(), how_));
    return true;
  } catch (const PoolError& error) {
    std::unique_lock lock(mutex_);
    const bool is_the_end = stopping_;
    lock.unlock();
    if (!is_the_end) failed_(error.error());
  }
  return false;
}

}  // namespace cmap::tools
