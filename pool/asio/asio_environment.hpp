// The real world: steady clock, TCP, TLS and Unix sockets on a Boost.Asio executor.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "pool/asio/network_options.hpp"
#include "pool/client/client_environment.hpp"

namespace cmap {

class IoThreads;
struct ChannelSettings;

/// Makes pools and clients real: `ConnectionPool pool(address, options, environment)`. One
/// environment serves any number of them with the same network options. Thread-safe. Outlives its
/// pools and their handles; the executor's context outlives it and must be running for anything to
/// happen. A thread that runs it must not block in a pool operation.
///
/// After a fork the child's pools clear themselves and open sockets of their own. The fork must not
/// happen while another thread is inside a pool operation. With an executor of the user's, its
/// context must have been told (io_context::notify_fork) and be run in the child.
class AsioEnvironment final : public ClientEnvironment {
 public:
  /// Throws std::runtime_error or std::invalid_argument for options that cannot be used.
  explicit AsioEnvironment(boost::asio::any_io_executor executor,
                           const NetworkOptions& options = {});
  /// `threads` outlives the environment.
  explicit AsioEnvironment(IoThreads& threads, const NetworkOptions& options = {});
  /// Waits for callbacks of its pools that are still running: not from inside of one.
  ~AsioEnvironment() override;

  [[nodiscard]] TimePoint now() const override;
  std::unique_ptr<DeadlineTimer> make_timer(std::function<void()> callback) override;
  std::unique_ptr<Transport> make_transport(const Address& address,
                                            TransportListener& listener) override;
  [[nodiscard]] std::uint64_t process_generation() const override;
  std::unique_ptr<MonitorConnection> make_monitor_connection(
      const Address& address, MonitorConnectionListener& listener) override;
  [[nodiscard]] ClientIdentity identity() const override;
  [[nodiscard]] std::size_t choose(std::size_t count) override;

  [[nodiscard]] boost::asio::any_io_executor executor() const { return executor_(); }

 private:
  using Executor = std::function<boost::asio::any_io_executor()>;
  AsioEnvironment(Executor executor, const NetworkOptions& options);
  [[nodiscard]] std::shared_ptr<const ChannelSettings> settings_for(const Address& address) const;

  const std::uint64_t process_generation_;
  const Executor executor_;
  std::unique_ptr<const ChannelSettings> settings_;  ///< but for the address
};

}  // namespace cmap
