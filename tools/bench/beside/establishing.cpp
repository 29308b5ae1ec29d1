// Connections made per second: ours with hello and all events' bookkeeping, beside bare connects.
#include <latch>
#include <memory>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "tools/bench/beside/beside.hpp"
#include "tools/bench/beside/comparisons.hpp"

namespace cmap::bench {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using tcp = asio::ip::tcp;

constexpr int established_connections = 400;
constexpr int at_a_time = 8;

Sample per_second(double nanoseconds) {
  return {.value = established_connections * 1e9 / nanoseconds};
}

Sample establish_cmap(const Address& address, bool tls) {
  NetworkOptions network;
  network.tls.enabled = tls;
  network.tls.allow_invalid_certificates = true;
  CmapPool pool(address, {.max_pool_size = established_connections, .max_connecting = at_a_time},
                /*observed=*/false, network);
  std::latch done(established_connections);
  std::vector<ConnectionHandle> handles(established_connections);
  return per_second(time_of([&] {
    for (ConnectionHandle& handle : handles) {
      pool->check_out({}, [&](CheckOutResult result) {
        if (!result.error) handle = std::move(result.connection);
        done.count_down();
      });
    }
    done.wait();
  }));
}

/// Connects `at_a_time` sockets at a time, and keeps them until the end.
class BareConnects {
 public:
  BareConnects(const Address& address, bool tls)
      : endpoint_(asio::ip::make_address(address.host()), *address.port()), tls_(tls) {
    streams_.reserve(established_connections);
  }

  Sample run() {
    return per_second(time_of([&] {
      for (int i = 0; i < at_a_time; ++i) next();
      context_.run();
    }));
  }

 private:
  void next() {
    if (streams_.size() == established_connections) return;
    streams_.push_back(std::make_unique<ssl::stream<tcp::socket>>(context_, ssl_context_));
    ssl::stream<tcp::socket>& stream = *streams_.back();
    stream.next_layer().async_connect(endpoint_, [this, &stream](boost::system::error_code error) {
      if (error || !tls_) return next();
      stream.async_handshake(ssl::stream_base::client,
                             [this](boost::system::error_code) { next(); });
    });
  }

  asio::io_context context_;
  ssl::context ssl_context_{ssl::context::tls_client};
  const tcp::endpoint endpoint_;
  const bool tls_;
  std::vector<std::unique_ptr<ssl::stream<tcp::socket>>> streams_;
};

void compare(const Address& address, bool tls, std::size_t rounds) {
  std::string title = tls ? "establishing over TLS, " : "establishing over TCP, ";
  title += std::to_string(at_a_time);
  title += " at a time";
  bench::compare({.title = title,
                  .unit = "per second",
                  .contestants = {{tls ? "Asio: connect and TLS handshake" : "Asio: connect",
                                   [&] { return BareConnects(address, tls).run(); }},
                                  {"cmap: the same, hello, handed out",
                                   [&] { return establish_cmap(address, tls); }}}},
                 rounds);
}

}  // namespace

void compare_establishing(const Servers& servers, std::size_t rounds) {
  compare(servers.tcp.address(), false, rounds);
  compare(servers.tls.address(), true, rounds);
}

}  // namespace cmap::bench
