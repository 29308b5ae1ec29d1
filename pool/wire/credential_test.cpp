// Which credentials can be used, and where they are looked up (D-AU-8).
#include "pool/wire/credential.hpp"

#include <gtest/gtest.h>

namespace cmap::wire {
namespace {

using enum AuthenticationMechanism;

TEST(Credential, NamesOfMechanisms) {
  for (const auto mechanism : {scram_sha_1, scram_sha_256, x509}) {
    EXPECT_EQ(mechanism_from_name(mechanism_name(mechanism)), mechanism);
  }
  EXPECT_FALSE(mechanism_from_name("PLAIN"));
  EXPECT_FALSE(mechanism_from_name("scram-sha-1"));
}

TEST(AuthenticationSource, FromAConnectionString) {
  EXPECT_EQ(*authentication_source({}, std::nullopt, ""), "admin");
  EXPECT_EQ(*authentication_source({}, std::nullopt, "db"), "db");
  EXPECT_EQ(*authentication_source(scram_sha_1, "source", "db"), "source");
  EXPECT_FALSE(authentication_source({}, "", "db"));
}

TEST(AuthenticationSource, X509HasOnlyOne) {
  EXPECT_EQ(*authentication_source(x509, std::nullopt, "db"), "$external");
  EXPECT_EQ(*authentication_source(x509, "$external", ""), "$external");
  EXPECT_FALSE(authentication_source(x509, "admin", ""));
  EXPECT_FALSE(authentication_source(x509, "", ""));
}

TEST(Credential, WhatCannotBeUsed) {
  EXPECT_FALSE(check({.user = "u", .password = "p"}));
  EXPECT_FALSE(check({.user = "u"})) << "an empty password is one";
  EXPECT_TRUE(check({.password = "p"}));
  EXPECT_TRUE(check({.user = "u", .source = ""}));
  EXPECT_FALSE(check({.mechanism = x509, .source = "$external"}));
  EXPECT_FALSE(check({.mechanism = x509, .user = "CN=client", .source = "$external"}));
  EXPECT_TRUE(check({.mechanism = x509, .password = "p", .source = "$external"}));
  EXPECT_TRUE(check({.mechanism = x509}));
}

}  // namespace
}  // namespace cmap::wire
