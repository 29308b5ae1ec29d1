// Addresses as people write them.
#include "pool/api/address.hpp"

#include <gtest/gtest.h>

namespace cmap {
namespace {

std::string parsed(std::string_view text) {
  const auto address = Address::parse(text);
  return address ? address->text() : "";
}

TEST(Address, IsParsedWithAndWithoutPort) {
  EXPECT_EQ(parsed("db"), "db:27017");
  EXPECT_EQ(parsed("db:1"), "db:1");
  EXPECT_EQ(parsed("[::1]"), "[::1]:27017");
  EXPECT_EQ(parsed("[::1]:65535"), "[::1]:65535");
  EXPECT_EQ(Address::parse("[::1]:65535")->host(), "::1");
  EXPECT_EQ(parsed("/tmp/Db.sock"), "/tmp/Db.sock");
}

TEST(Address, IsNotMadeOfAnythingElse) {
  for (const std::string_view text : {"", ":1", "db:", "db:0", "db:65536", "db:x", "db:1:2", "::1",
                                      "[::1", "[]:1", "[::1]x", "[::1]:"}) {
    EXPECT_FALSE(Address::parse(text)) << text;
  }
}

TEST(Address, LosesItsCapitalsUnlessItIsAPath) {
  EXPECT_EQ(Address("DB.Example", 1).in_lower_case(), Address("db.example", 1));
  EXPECT_EQ(Address::unix_socket("/tmp/Db.sock").in_lower_case().text(), "/tmp/Db.sock");
}

}  // namespace
}  // namespace cmap
