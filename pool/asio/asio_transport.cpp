// From connections to their channels, and what a fork does to them.
#include "pool/asio/asio_transport.hpp"

#include <algorithm>
#include <utility>

#include "pool/asio/process_generation.hpp"

namespace cmap {

AsioTransport::AsioTransport(Executor executor, std::shared_ptr<const ChannelSettings> settings,
                             TransportListener& listener)
    : executor_(std::move(executor)),
      settings_(std::move(settings)),
      listener_(listener),
      process_generation_(current_process_generation()),
      guarded_(std::make_shared<GuardedListener>(listener)) {}

/// Channels that are still open close themselves; nobody hears of it.
AsioTransport::~AsioTransport() {
  leave_to_parent();
  guarded_->gate.close();
  for (const auto& channel : channels_) {
    if (channel) channel->close();
  }
  if (!inherited_.empty()) static_cast<void>(new auto(std::move(inherited_)));
}

/// In the child of a fork: what there was belongs to the parent, and so do the threads that may be
/// inside the gate.
void AsioTransport::leave_to_parent() {
  if (process_generation_ == current_process_generation()) return;
  process_generation_ = current_process_generation();
  static_cast<void>(new auto(std::move(guarded_)));
  guarded_ = std::make_shared<GuardedListener>(listener_);
  const std::lock_guard lock(mutex_);
  for (auto& channel : channels_) {
    if (channel) inherited_.push_back(std::move(channel));
  }
  channels_.clear();
}

void AsioTransport::establish(ConnectionRef connection) {
  leave_to_parent();
  auto channel = std::make_shared<Channel>(executor_(), settings_, connection, guarded_);
  {
    const std::lock_guard lock(mutex_);
    if (channels_.size() <= connection.slot) channels_.resize(connection.slot + 1);
    channels_[connection.slot] = channel;
  }
  channel->establish();
}

void AsioTransport::time_out(ConnectionRef connection) {
  if (const auto channel = find(connection)) channel->time_out();
}

void AsioTransport::interrupt(ConnectionRef connection, const ErrorPtr& error) {
  if (const auto channel = find(connection)) channel->interrupt(error);
}

void AsioTransport::close(ConnectionRef connection, TransportClose) {
  leave_to_parent();
  if (const auto channel = take(connection)) {
    channel->close();
    return;
  }
  const auto inherited =
      std::find_if(inherited_.begin(), inherited_.end(),
                   [&](const auto& channel) { return channel->connection() == connection; });
  if (inherited != inherited_.end()) (*inherited)->abandon_descriptor();
  listener_.transport_closed(connection);
}

void AsioTransport::exchange(ConnectionRef connection, Exchange exchange) {
  if (const auto channel = find(connection)) {
    channel->exchange(std::move(exchange));
    return;
  }
  exchange.done(usage_error(settings_->address, "The connection is not there any more"), {});
}

std::shared_ptr<Channel> AsioTransport::find(ConnectionRef connection) {
  const std::lock_guard lock(mutex_);
  if (connection.slot >= channels_.size()) return nullptr;
  const auto& channel = channels_[connection.slot];
  return channel && channel->connection() == connection ? channel : nullptr;
}

std::shared_ptr<Channel> AsioTransport::take(ConnectionRef connection) {
  const std::lock_guard lock(mutex_);
  if (connection.slot >= channels_.size()) return nullptr;
  auto& channel = channels_[connection.slot];
  if (!channel || channel->connection() != connection) return nullptr;
  return std::exchange(channel, nullptr);
}

}  // namespace cmap
