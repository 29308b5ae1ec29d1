// Names that hang until the test lets them go.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "pool/asio/host_lookup.hpp"

namespace cmap::test {

/// Every name has the same addresses. The end lets go of those that hang, and does not wait.
class HangingNames {
 public:
  explicit HangingNames(std::set<std::string> hanging) : state_(std::make_shared<State>()) {
    state_->hanging = std::move(hanging);
  }
  ~HangingNames() { release(); }
  HangingNames(const HangingNames&) = delete;
  HangingNames& operator=(const HangingNames&) = delete;

  static std::vector<boost::asio::ip::address> addresses() {
    return {boost::asio::ip::make_address("127.0.0.1")};
  }
  [[nodiscard]] HostLookup look_up() const {
    return [state = state_](const std::string& host, boost::system::error_code&) {
      std::unique_lock lock(state->mutex);
      ++state->begun;
      state->changed.notify_all();
      state->changed.wait(lock, [&] { return !state->hanging.contains(host); });
      ++state->ended;
      state->changed.notify_all();
      return addresses();
    };
  }
  void release() const {
    const std::lock_guard lock(state_->mutex);
    state_->hanging.clear();
    state_->changed.notify_all();
  }
  [[nodiscard]] int look_ups() const {
    const std::lock_guard lock(state_->mutex);
    return state_->begun;
  }
  void wait_for_look_ups(int count) const {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] { return state_->begun >= count; });
  }
  void wait_until_none_hangs() const {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] { return state_->ended == state_->begun; });
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    // Guarded by mutex:
    std::set<std::string> hanging;
    int begun = 0;
    int ended = 0;
  };
  const std::shared_ptr<State> state_;  ///< a thread that hangs has it, too
};

}  // namespace cmap::test
