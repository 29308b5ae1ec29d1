// Connecting to a host that has several addresses, of which some may never answer (RFC 8305).
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

namespace cmap {

/// Tries the addresses in their order. The next one's turn comes when one has failed or nothing has
/// happened for 250 ms; those before it go on meanwhile, and the first that answers is taken. Only
/// used on its strand; kept alive by what it is doing.
class HappyEyeballs : public std::enable_shared_from_this<HappyEyeballs> {
 public:
  using ErrorCode = boost::system::error_code;
  using Socket = boost::asio::generic::stream_protocol::socket;
  using Endpoint = boost::asio::generic::stream_protocol::endpoint;

  /// RFC 8305, section 5: the recommended delay between attempts.
  static constexpr std::chrono::milliseconds attempt_delay{250};

  HappyEyeballs(const boost::asio::any_io_executor& strand, std::vector<Endpoint> endpoints);

  /// Once. `winner` becomes the socket that is connected; else the error that came last.
  boost::asio::awaitable<ErrorCode> connect(Socket& winner);
  /// `connect` ends soon.
  void give_up();
  /// In the child of a fork: gives up the descriptors and touches nothing else.
  void abandon_descriptors();

 private:
  void attempt(const Endpoint& endpoint);
  void attempted(std::size_t index, const ErrorCode& code);

  const boost::asio::any_io_executor strand_;
  const std::vector<Endpoint> endpoints_;
  boost::asio::steady_timer news_;  ///< cancelled when an attempt ends
  std::vector<Socket> attempts_;    ///< by endpoint, those begun; closed: ended
  std::size_t running_ = 0;
  bool over_ = false;  ///< given up, or won
  ErrorCode code_;     ///< of the attempt that ended last
};

}  // namespace cmap
