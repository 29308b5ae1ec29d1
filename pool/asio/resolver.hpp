// Names are resolved on threads of their own: Asio has one thread for all of them, and one name
// that hangs would stop every monitor and every new connection (D-MON-1).
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "pool/asio/host_lookup.hpp"

namespace cmap {

struct HostAddresses {
  std::vector<boost::asio::ip::address> addresses;  ///< never empty without a code
  boost::system::error_code code;
};

/// A question, and later its answer: used on the strand of who asks only, and kept by them.
/// Dropped, it is given up.
struct HostQuery {
  explicit HostQuery(const boost::asio::any_io_executor& strand)
      : ended(strand, boost::asio::steady_timer::time_point::max()) {}

  boost::asio::steady_timer ended;  ///< cancelled when the answer is there; to give up, cancel it
  HostAddresses answer{.addresses = {}, .code = boost::asio::error::operation_aborted};
};

/// One thread for each name under way, whoever asks for it meanwhile; names do not wait for each
/// other. Nobody waits for such a thread: what hangs in the system cannot be interrupted.
/// Thread-safe. The child of a fork begins anew, and leaves alone what was under way in the parent
/// (A-FORK-1).
class Resolver {
 public:
  explicit Resolver(HostLookup look_up = look_up_with_system);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// From the strand of the query. The answer is posted to it.
  void ask(const std::string& host, const std::shared_ptr<HostQuery>& query);
  /// When this returns, no executor of a query is used any more; who still waits gets no answer.
  void end();

 private:
  struct Table;
  using TablePtr = std::shared_ptr<Table>;
  TablePtr& table();
  static void run(const TablePtr& table, const std::string& host);

  const HostLookup look_up_;
  std::atomic<TablePtr*> table_;  ///< no lock: the child of a fork replaces it
};

}  // namespace cmap
