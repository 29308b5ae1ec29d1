// One connection of a monitor in the real world.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "pool/asio/call_gate.hpp"
#include "pool/asio/socket_stream.hpp"
#include "pool/client/monitor_transport.hpp"

namespace cmap {

/// Thread-safe: everything happens on its strand. Kept alive by what it is doing. Once open it
/// always reads, so that a server that leaves is noticed at once.
class MonitorChannel : public std::enable_shared_from_this<MonitorChannel> {
 public:
  MonitorChannel(const boost::asio::any_io_executor& executor,
                 std::shared_ptr<const ChannelSettings> settings,
                 MonitorConnectionListener& listener);

  void open();
  void send(wire::Document command, bool exhaust_allowed);
  /// As the end of a MonitorConnection.
  void end();

 private:
  using Self = std::shared_ptr<MonitorChannel>;
  template <typename Result = void>
  using Awaitable = SocketStream::Awaitable<Result>;

  template <typename Work>
  void post(Work&& work);
  template <typename Call>
  void tell(Call&& call);
  Awaitable<> run(Self self);
  Awaitable<> write(Self self, wire::Bytes message);
  void receive(wire::ByteView message);
  void fail(const ErrorPtr& error);

  const SocketStream::Strand strand_;
  const std::shared_ptr<const ChannelSettings> settings_;
  MonitorConnectionListener& listener_;  ///< behind the gate
  CallGate gate_;

  // Only touched on the strand:
  SocketStream stream_;
  std::int32_t last_request_ = 0;
  std::optional<std::int32_t> awaited_;  ///< what the next message must answer
  bool over_ = false;
};

}  // namespace cmap
