// Numbers; of its own run each thread knows without a lock.
#include "tools/cmap/unfinished_runs.hpp"

#include <optional>
#include <utility>

namespace cmap::tools {
namespace {

thread_local std::optional<std::uint64_t> own_run;

}  // namespace

UnfinishedRuns::Run::Run(UnfinishedRuns& all, std::uint64_t number) : all_(all), number_(number) {
  own_run = number;
  const std::lock_guard lock(all_.mutex_);
  all_.numbers_.insert(number);
}

UnfinishedRuns::Run::~Run() {
  own_run.reset();
  const std::lock_guard lock(all_.mutex_);
  all_.numbers_.erase(number_);
}

void UnfinishedRuns::save_all() {
  const std::lock_guard lock(mutex_);
  for (const std::uint64_t number : numbers_) save_(number);
}

void UnfinishedRuns::save_own() const {
  if (const auto number = std::exchange(own_run, std::nullopt)) save_(*number);
}

}  // namespace cmap::tools
