// Passwords, keys, and the cache of keys (D-AU-3, D-AU-7).
#include "pool/wire/scram_keys.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace cmap::wire {
namespace {

constexpr std::int32_t some_iterations = 4096;

Bytes salt(std::uint8_t number) { return Bytes(8, number); }

TEST(PreparedPassword, TheDigestOfMongoDBForSha1) {
  EXPECT_EQ(*prepared_password(ScramMechanism::sha1, "user", "pencil"),
            "1c33006ec1ffd90f9cadcbcc0e118200");
  EXPECT_NE(*prepared_password(ScramMechanism::sha1, "user", "IX"),
            *prepared_password(ScramMechanism::sha1, "user", "I\u00ADX"))
      << "no SASLprep";
}

TEST(PreparedPassword, SaslprepForSha256) {
  EXPECT_EQ(*prepared_password(ScramMechanism::sha256, "user", "I\u00ADX"), "IX");
  EXPECT_FALSE(prepared_password(ScramMechanism::sha256, "user", "\x07"));
}

TEST(ScramKeyCache, TheSecondTimeCostsNothing) {
  ScramKeyCache cache;
  const ScramKeys first = cache.get(ScramMechanism::sha256, "p", salt(1), some_iterations);
  const ScramKeys second = cache.get(ScramMechanism::sha256, "p", salt(1), some_iterations);
  EXPECT_EQ(cache.derivations(), 1U);
  EXPECT_EQ(first.client_key, second.client_key);
  EXPECT_EQ(first.server_key, second.server_key);
  const ScramKeys expected =
      derive_scram_keys(ScramMechanism::sha256, "p", salt(1), some_iterations);
  EXPECT_EQ(first.client_key, expected.client_key);
  EXPECT_EQ(first.server_key, expected.server_key);
  EXPECT_EQ(first.client_key.size(), 32U);
}

TEST(ScramKeyCache, EverythingThatMattersIsInTheKey) {
  ScramKeyCache cache;
  cache.get(ScramMechanism::sha256, "p", salt(1), some_iterations);
  cache.get(ScramMechanism::sha1, "p", salt(1), some_iterations);
  cache.get(ScramMechanism::sha256, "q", salt(1), some_iterations);
  cache.get(ScramMechanism::sha256, "p", salt(2), some_iterations);
  cache.get(ScramMechanism::sha256, "p", salt(1), some_iterations + 1);
  EXPECT_EQ(cache.derivations(), 5U);
  EXPECT_EQ(cache.size(), 5U);
}

TEST(ScramKeyCache, ForgetsTheOldestWhenItIsFull) {
  ScramKeyCache cache(2);
  for (const int number : {1, 2, 3}) {
    cache.get(ScramMechanism::sha1, "p", salt(static_cast<std::uint8_t>(number)), some_iterations);
  }
  EXPECT_EQ(cache.size(), 2U);
  cache.get(ScramMechanism::sha1, "p", salt(2), some_iterations);
  cache.get(ScramMechanism::sha1, "p", salt(3), some_iterations);
  EXPECT_EQ(cache.derivations(), 3U);
  cache.get(ScramMechanism::sha1, "p", salt(1), some_iterations);
  EXPECT_EQ(cache.derivations(), 4U);
}

TEST(ScramKeyCache, ManyThreads) {
  ScramKeyCache cache(3);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        const auto number = static_cast<std::uint8_t>(i % 5);
        EXPECT_EQ(cache.get(ScramMechanism::sha1, "p", salt(number), 1).client_key,
                  derive_scram_keys(ScramMechanism::sha1, "p", salt(number), 1).client_key);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cache.size(), 3U);
}

}  // namespace
}  // namespace cmap::wire
