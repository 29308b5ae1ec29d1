// Strong types for everything that is numbered: a connection id is never a generation by accident.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cmap {

/// Numbers the connections of one pool in order of creation: 1, 2, 3, ... A failed establishment
/// consumes its number (A-CON-2). 0 stands for "no connection".
enum class ConnectionId : std::int64_t { none = 0 };

/// Counts how often a pool (or, behind a load balancer, one service) was cleared. Starts at 0.
enum class Generation : std::int64_t { initial = 0 };

/// Numbers the check-outs of one pool in the order they were started, from 1. 0: "no check-out".
enum class CheckOutId : std::int64_t { none = 0 };

template <typename Id>
constexpr std::int64_t number(Id id) {
  return static_cast<std::int64_t>(id);
}

template <typename Id>
constexpr Id next(Id id) {
  return static_cast<Id>(static_cast<std::int64_t>(id) + 1);
}

/// The ObjectId by which a load balancer names the service behind it (A-LB-1).
class ServiceId {
 public:
  static constexpr std::size_t size = 12;
  using Bytes = std::array<std::uint8_t, size>;

  constexpr ServiceId() = default;
  explicit constexpr ServiceId(const Bytes& bytes) : bytes_(bytes) {}

  /// 24 hexadecimal digits of either case; nothing on anything else.
  static std::optional<ServiceId> from_hex(std::string_view text);
  [[nodiscard]] std::string to_hex() const;
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

  auto operator<=>(const ServiceId&) const = default;

 private:
  Bytes bytes_{};
};

/// Names one connection towards its transport. `slot` is where the core keeps it: it makes every
/// look-up O(1), and is reused after the connection was closed, which is why the id goes along.
struct ConnectionRef {
  ConnectionId id = ConnectionId::none;
  std::uint32_t slot = 0;
  auto operator<=>(const ConnectionRef&) const = default;
};

/// Names one check-out towards whoever asked for it, e.g. to cancel it.
struct CheckOutRef {
  CheckOutId id = CheckOutId::none;
  std::uint32_t slot = 0;
  auto operator<=>(const CheckOutRef&) const = default;
};

/// Tells the pools of a process apart, so that a foreign check-in is noticed (A-IN-1).
enum class PoolId : std::uint64_t { none = 0 };

/// The right to use a connection, from its check-out to its check-in. It names the check-out too:
/// a second check-in of the same lease is told from the check-in of the next holder.
struct Lease {
  PoolId pool = PoolId::none;
  ConnectionRef connection;
  CheckOutId check_out = CheckOutId::none;
  auto operator<=>(const Lease&) const = default;
};

}  // namespace cmap
