// SCRAM: the published conversations, both sides against each other, and what must be refused.
#include "pool/wire/scram.hpp"

#include <gtest/gtest.h>

#include "pool/wire/base64.hpp"

namespace cmap::wire {
namespace {

struct Published {
  ScramMechanism mechanism;
  const char* client_nonce;
  const char* server_nonce;
  const char* salt;
  std::int32_t iterations;
  const char* proof;
  const char* signature;
};

const Published published[] = {
    {ScramMechanism::sha1, "fyko+d2lbbFgONRv9qkxdawL", "Ho+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE",
     "rQ9ZY3MntBeuP3E1TDVC4w==", 10'000,
     "MC2T8BvbmWRckDw8oWl5IVghwCY=", "UMWeI25JD1yNYZRMpZ4VHvhZ9e0="},
    {ScramMechanism::sha256, "rOprNGfwEbeRWgbNEkqO", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
     "W22ZaJ0SNY7soEsUEjb6gQ==", 4096, "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
     "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
};

std::string client_first(const Published& vector) {
  return std::string("n,,n=user,r=").append(vector.client_nonce);
}

std::string server_first(const Published& vector) {
  return std::string("r=")
      .append(vector.client_nonce)
      .append(vector.server_nonce)
      .append(",s=")
      .append(vector.salt)
      .append(",i=")
      .append(std::to_string(vector.iterations));
}

std::string client_final(const Published& vector) {
  return std::string("c=biws,r=")
      .append(vector.client_nonce)
      .append(vector.server_nonce)
      .append(",p=")
      .append(vector.proof);
}

std::string server_final(const Published& vector) {
  return std::string("v=").append(vector.signature);
}

ScramClient client_of(const Published& vector, std::string user = "user",
                      std::string password = "pencil") {
  return ScramClient(vector.mechanism, std::move(user), std::move(password), vector.client_nonce);
}

ScramServer server_of(const Published& vector, const std::string& user = "user",
                      const std::string& password = "pencil") {
  return ScramServer(vector.mechanism, vector.server_nonce,
                     [=](const std::string& name) -> std::optional<ScramCredential> {
                       if (name != user) return std::nullopt;
                       return *make_scram_credential(vector.mechanism, user, password,
                                                     *from_base64(vector.salt), vector.iterations);
                     });
}

/// Lets both sides talk; answers what went wrong, or "".
std::string converse(ScramClient client, ScramServer server) {
  const Result<std::string> first = server.first_message(client.first_message());
  if (!first) return first.error();
  const Result<std::string> proof = client.final_message(*first);
  if (!proof) return proof.error();
  const Result<std::string> last = server.final_message(*proof);
  if (!last) return last.error();
  const std::optional<Failure> failure = client.verify(*last);
  return failure ? failure->message : "";
}

TEST(ScramClient, ThePublishedConversations) {
  for (const Published& vector : published) {
    ScramClient client = client_of(vector);
    EXPECT_EQ(client.first_message(), client_first(vector));
    const Result<std::string> proof = client.final_message(server_first(vector));
    ASSERT_TRUE(proof) << proof.error();
    EXPECT_EQ(*proof, client_final(vector));
    EXPECT_FALSE(client.verify(server_final(vector)));
  }
}

TEST(ScramServer, ThePublishedConversations) {
  for (const Published& vector : published) {
    ScramServer server = server_of(vector);
    const Result<std::string> first = server.first_message(client_first(vector));
    ASSERT_TRUE(first) << first.error();
    EXPECT_EQ(*first, server_first(vector));
    EXPECT_EQ(server.user(), "user");
    const Result<std::string> last = server.final_message(client_final(vector));
    ASSERT_TRUE(last) << last.error();
    EXPECT_EQ(*last, server_final(vector));
  }
}

TEST(Scram, WrongPasswordsAndUsers) {
  for (const Published& vector : published) {
    EXPECT_EQ(converse(client_of(vector), server_of(vector)), "");
    EXPECT_EQ(converse(client_of(vector, "user", "pen"), server_of(vector)),
              "the client does not know the password");
    EXPECT_EQ(converse(client_of(vector, "nobody"), server_of(vector)), "there is no user nobody");
  }
}

TEST(Scram, PasswordsAreNormalisedAndUserNamesAreNot) {  // the users IX of AUTH, step 4
  const Published& sha256 = published[1];
  for (const char* password : {"IX", "I\u00ADX", "\u2168"}) {
    EXPECT_EQ(converse(client_of(sha256, "IX", password), server_of(sha256, "IX", "IX")), "");
    EXPECT_EQ(converse(client_of(sha256, "IX", "IX"), server_of(sha256, "IX", password)), "");
  }
  for (const char* password : {"IV", "I\u00ADV", "\u2163"}) {
    EXPECT_EQ(
        converse(client_of(sha256, "\u2168", password), server_of(sha256, "\u2168", "\u2163")), "");
  }
  EXPECT_NE(converse(client_of(sha256, "\u2168", "IX"), server_of(sha256, "IX", "IX")), "");
  const Published& sha1 = published[0];
  EXPECT_NE(converse(client_of(sha1, "IX", "I\u00ADX"), server_of(sha1, "IX", "IX")), "");
}

TEST(Scram, UserNamesWithCommasAndEqualSigns) {
  for (const Published& vector : published) {
    const ScramClient client = client_of(vector, "a=b,c=2C");
    EXPECT_TRUE(client.first_message().starts_with("n,,n=a=3Db=2Cc=3D2C,r="));
    EXPECT_EQ(converse(client_of(vector, "a=b,c=2C"), server_of(vector, "a=b,c=2C")), "");
  }
}

TEST(ScramClient, IterationCountsOutOfBoundsAreRefused) {  // D-AU-4
  for (Published vector : published) {
    for (const std::int32_t iterations : {-1, 0, 1, 4095, max_scram_iterations + 1}) {
      vector.iterations = iterations;
      EXPECT_FALSE(client_of(vector).final_message(server_first(vector))) << iterations;
    }
    vector.iterations = 4096;
    EXPECT_TRUE(client_of(vector).final_message(server_first(vector)));
  }
}

TEST(ScramClient, TheServersNonceMustContinueItsOwn) {
  const Published& vector = published[1];
  for (const char* nonce :
       {"", "x", "rOprNGfwEbeRWgbNEkqO", "rOprNGfwEbeRWgbNEkq0abc", "abcrOprNGfwEbeRWgbNEkqO"}) {
    std::string message = "r=";
    message += nonce;
    message += ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    EXPECT_FALSE(client_of(vector).final_message(message)) << nonce;
  }
}

TEST(ScramClient, MalformedFirstMessagesAreRefused) {
  const Published& vector = published[1];
  const std::string nonce = "r=rOprNGfwEbeRWgbNEkqOx";
  for (const char* rest :
       {"", ",", ",s=", ",s=AAAA", ",s=AAAA,i=", ",s=AAAA,i=x", ",s=AAAA,i=4096x", ",s=,i=4096",
        ",s=A,i=4096", ",i=4096,s=AAAA", ",s=AAAA,i=99999999999"}) {
    EXPECT_FALSE(client_of(vector).final_message(nonce + rest)) << rest;
  }
  EXPECT_TRUE(client_of(vector).final_message(nonce + ",s=AAAA,i=4096"));
  EXPECT_TRUE(client_of(vector).final_message(nonce + ",s=AAAA,i=4096,x=more"));
  EXPECT_FALSE(client_of(vector).final_message("m=ext," + nonce + ",s=AAAA,i=4096"))
      << "an extension that must be understood";
}

TEST(ScramClient, TheServerMustProveItselfToo) {
  for (const Published& vector : published) {
    std::string wrong = server_final(vector);
    wrong[2] = wrong[2] == 'A' ? 'B' : 'A';
    for (const std::string& message :
         {wrong, std::string(), std::string("v="), std::string("v=AAAA"), std::string("e=no"),
          std::string("x=").append(vector.signature)}) {
      ScramClient client = client_of(vector);
      ASSERT_TRUE(client.final_message(server_first(vector)));
      EXPECT_TRUE(client.verify(message)) << message;
    }
    EXPECT_TRUE(client_of(vector).verify(server_final(vector))) << "before any proof";
    EXPECT_TRUE(client_of(vector).verify("v=")) << "nothing does not match nothing";
  }
}

TEST(ScramServer, WhatDoesNotBelongToTheConversationIsRefused) {
  const Published& vector = published[1];
  const std::string good = client_final(vector);
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string message = good;
    message.replace(message.find(from), from.size(), to);
    return message;
  };
  const char* const other = "the client's final SCRAM message belongs to another conversation";
  const char* const malformed = "the client's final SCRAM message is malformed";
  const std::pair<std::string, const char*> messages[] = {
      {replaced("c=biws", "c=eSws"), other},
      {replaced("r=rO", "r=RO"), other},
      {"c=biws,r=x,p=AAAA", other},
      {replaced("p=dH", "p=dI"), "the client does not know the password"},
      {replaced(",p=", ",q="), malformed},
      {"", malformed},
      {replaced("p=dH", "p=d"), "the proof is malformed"},
  };
  for (const auto& [message, error] : messages) {
    ScramServer server = server_of(vector);
    ASSERT_TRUE(server.first_message(client_first(vector)));
    const Result<std::string> last = server.final_message(message);
    ASSERT_FALSE(last) << message;
    EXPECT_EQ(last.error(), error) << message;
  }
  EXPECT_FALSE(server_of(vector).final_message(good)) << "before the first message";
}

TEST(ScramServer, MalformedFirstMessagesAreRefused) {
  const Published& vector = published[1];
  for (const char* message :
       {"", "n", "n,,", "n,,n=user", "n,,r=abc,n=user", "p=tls-unique,,n=user,r=abc",
        "n,a=other,n=user,r=abc", "n,,n=us=er,r=abc", "n,,n=user,r=", "n,,n=user,r=a b"}) {
    EXPECT_FALSE(server_of(vector).first_message(message)) << message;
  }
  EXPECT_TRUE(server_of(vector).first_message("n,,n=user,r=abc"));
}

TEST(ScramServer, AClientThatCouldBindChannels) {
  const Published& vector = published[1];
  ScramServer server = server_of(vector);
  ASSERT_TRUE(server.first_message("y,,n=user,r=abc"));
  const Result<std::string> last = server.final_message(
      std::string("c=biws,r=abc").append(vector.server_nonce).append(",p=AAAA"));
  EXPECT_FALSE(last) << "somebody changed what the client said";
}

TEST(ScramClient, UsesTheCache) {
  const auto cache = std::make_shared<ScramKeyCache>();
  for (int i = 0; i < 3; ++i) {
    for (const Published& vector : published) {
      ScramClient client(vector.mechanism, "user", "pencil", vector.client_nonce, cache);
      EXPECT_EQ(*client.final_message(server_first(vector)), client_final(vector));
      EXPECT_FALSE(client.verify(server_final(vector)));
    }
  }
  EXPECT_EQ(cache->derivations(), 2U);
}

}  // namespace
}  // namespace cmap::wire
