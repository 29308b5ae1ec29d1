// A thread for each ping: what is measured is the pool.
#include "tools/cmap/workload.hpp"

#include <algorithm>
#include <utility>

#include "pool/wire/bson_builder.hpp"

namespace cmap::tools {
namespace {

/// What cannot work is not tried again at once.
constexpr std::chrono::milliseconds rest_after_failure(100);
/// Of the single ping: as often as a server is looked at.
constexpr std::chrono::milliseconds rest_without_answer(500);

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
    const Outcome outcome = ping();
    std::unique_lock lock(mutex_);
    const bool is_done = once && outcome != Outcome::unanswered;
    if (!is_done && outcome != Outcome::worked) {
      changed_.wait_for(lock, once ? rest_without_answer : rest_after_failure,
                        [&] { return stopping_; });
    }
    goes_on = !is_done && !stopping_;
  }
  const std::lock_guard lock(mutex_);
  --running_;
  changed_.notify_all();
}

Workload::Outcome Workload::ping() {
  try {
    static_cast<void>(client_.run_command(ping_command(), how_));
    return Outcome::worked;
  } catch (const PoolError& error) {
    std::unique_lock lock(mutex_);
    const bool is_the_end = stopping_;
    lock.unlock();
    if (!is_the_end) failed_(error.error());
    const ErrorType type = error.error().type;
    const bool is_answer = type == ErrorType::command || type == ErrorType::authentication;
    return is_answer ? Outcome::refused : Outcome::unanswered;
  }
}

}  // namespace cmap::tools
