// Each thread knows the gates that it is inside of.
#include "pool/asio/call_gate.hpp"

#include <algorithm>
#include <vector>

namespace cmap {
namespace {

thread_local std::vector<const CallGate*> entered;

}  // namespace

bool CallGate::enter() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    ++inside_;
  }
  entered.push_back(this);
  return true;
}

void CallGate::leave() {
  entered.erase(std::find(entered.rbegin(), entered.rend(), this).base() - 1);
  const std::lock_guard lock(mutex_);
  --inside_;
  left_.notify_all();
}

void CallGate::close() {
  const auto own = static_cast<std::size_t>(std::count(entered.begin(), entered.end(), this));
  std::unique_lock lock(mutex_);
  closed_ = true;
  left_.wait(lock, [&] { return inside_ <= own; });
}

}  // namespace cmap
