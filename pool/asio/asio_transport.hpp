// The real transport: one channel per connection.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "pool/asio/channel.hpp"

namespace cmap {

class AsioTransport final : public Transport {
 public:
  using Executor = std::function<boost::asio::any_io_executor()>;

  AsioTransport(Executor executor, std::shared_ptr<const ChannelSettings> settings,
                TransportListener& listener);
  ~AsioTransport() override;

  void establish(ConnectionRef connection) override;
  void time_out(ConnectionRef connection) override;
  void interrupt(ConnectionRef connection, const ErrorPtr& error) override;
  void close(ConnectionRef connection, TransportClose how) override;
  void exchange(ConnectionRef connection, Exchange exchange) override;

 private:
  [[nodiscard]] std::shared_ptr<Channel> find(ConnectionRef connection);
  std::shared_ptr<Channel> take(ConnectionRef connection);
  void leave_to_parent();

  const Executor executor_;
  const std::shared_ptr<const ChannelSettings> settings_;
  TransportListener& listener_;
  std::uint64_t process_generation_;
  std::shared_ptr<GuardedListener> guarded_;

  std::mutex mutex_;
  /// By slot; guarded by mutex_.
  std::vector<std::shared_ptr<Channel>> channels_;
  /// Channels of the parent process, never touched again.
  std::vector<std::shared_ptr<Channel>> inherited_;
};

}  // namespace cmap
