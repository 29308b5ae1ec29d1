// Service ids as text, addresses as text.
#include "pool/api/ids.hpp"

#include <gtest/gtest.h>

#include "pool/api/address.hpp"

namespace cmap {
namespace {

TEST(ServiceId, IsReadFromHexadecimalDigitsOfEitherCase) {
  const auto id = ServiceId::from_hex("00ff10aAbBcC0123456789dE");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->bytes(),
            (ServiceId::Bytes{0, 255, 16, 0xAA, 0xBB, 0xCC, 1, 0x23, 0x45, 0x67, 0x89, 0xDE}));
  EXPECT_EQ(id->to_hex(), "00ff10aabbcc0123456789de");
  EXPECT_EQ(ServiceId::from_hex(id->to_hex()), id);
}

TEST(ServiceId, NothingElseIsRead) {
  EXPECT_EQ(ServiceId::from_hex(""), std::nullopt);
  EXPECT_EQ(ServiceId::from_hex("00ff10aabbcc0123456789d"), std::nullopt);
  EXPECT_EQ(ServiceId::from_hex("00ff10aabbcc0123456789de0"), std::nullopt);
  EXPECT_EQ(ServiceId::from_hex("00ff10aabbcc0123456789dg"), std::nullopt);
  EXPECT_EQ(ServiceId::from_hex("0x0ff10aabbcc0123456789d"), std::nullopt);
  EXPECT_EQ(ServiceId::from_hex(" 0ff10aabbcc0123456789de"), std::nullopt);
}

TEST(Ids, NumbersAndSuccessors) {
  EXPECT_EQ(number(ConnectionId{7}), 7);
  EXPECT_EQ(next(Generation::initial), Generation{1});
  EXPECT_EQ(next(ConnectionId::none), ConnectionId{1});
}

TEST(Address, HostAndPort) {
  const Address address("db.example", 27017);
  EXPECT_EQ(address.host(), "db.example");
  EXPECT_EQ(address.port(), 27017);
  EXPECT_EQ(address.text(), "db.example:27017");
}

TEST(Address, Ipv6InBrackets) { EXPECT_EQ(Address("::1", 5).text(), "[::1]:5"); }

TEST(Address, UnixSocketHasNoPort) {
  const Address address = Address::unix_socket("/tmp/mongodb-27017.sock");
  EXPECT_EQ(address.port(), std::nullopt);
  EXPECT_EQ(address.text(), "/tmp/mongodb-27017.sock");
}

TEST(Address, IsEqualByItsText) {
  EXPECT_EQ(Address("a", 1), Address("a", 1));
  EXPECT_NE(Address("a", 1), Address("a", 2));
  EXPECT_EQ(Address(), Address("localhost", 27017));
}

}  // namespace
}  // namespace cmap
