// Connection strings: what they say, what is wrong with them, what is never shown.
#include "pool/client/connection_string.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cmap {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

ConnectionString parsed(std::string_view text) {
  auto result = parse_connection_string(text);
  EXPECT_TRUE(result) << (result ? "" : result.error());
  return result ? *result : ConnectionString{};
}

std::string problem(std::string_view text) {
  const auto result = parse_connection_string(text);
  return result ? "" : result.error();
}

TEST(ConnectionString, Hosts) {
  const auto hosts =
      parsed("mongodb://one,two:27018,[::1],[fe80::1]:27019,%2Ftmp%2Fmongodb-1.sock/").hosts;
  ASSERT_EQ(hosts.size(), 5U);
  EXPECT_EQ(hosts[0].text(), "one:27017");
  EXPECT_EQ(hosts[1].text(), "two:27018");
  EXPECT_EQ(hosts[2].text(), "[::1]:27017");
  EXPECT_EQ(hosts[3].text(), "[fe80::1]:27019");
  EXPECT_EQ(hosts[4].text(), "/tmp/mongodb-1.sock");
  EXPECT_FALSE(hosts[4].port());
}

TEST(ConnectionString, TheRestMayBeMissing) {
  for (const char* text : {"mongodb://h", "mongodb://h/", "mongodb://h/?", "mongodb://h?"}) {
    const ConnectionString result = parsed(text);
    EXPECT_EQ(result.hosts.size(), 1U) << text;
    EXPECT_FALSE(result.options.credential) << text;
    EXPECT_FALSE(result.options.tls.enabled) << text;
    EXPECT_THAT(result.warnings, IsEmpty()) << text;
  }
}

TEST(ConnectionString, Credentials) {
  const auto credential = parsed("mongodb://a%40b:p%3A%2Fw@h/").options.credential;
  ASSERT_TRUE(credential);
  EXPECT_EQ(credential->user, "a@b");
  EXPECT_EQ(credential->password, "p:/w");
  EXPECT_EQ(credential->source, "admin");
  EXPECT_FALSE(credential->mechanism);
  EXPECT_EQ(parsed("mongodb://u:p@h/db").options.credential->source, "db");
  EXPECT_EQ(parsed("mongodb://u:p@h/db?authSource=other").options.credential->source, "other");
  EXPECT_EQ(parsed("mongodb://u:p@h/?authMechanism=SCRAM-SHA-1").options.credential->mechanism,
            wire::AuthenticationMechanism::scram_sha_1);
  EXPECT_EQ(parsed("mongodb://h/?authMechanism=MONGODB-X509").options.credential->source,
            "$external");
}

TEST(ConnectionString, X509NeedsACertificate) {
  const auto notes = [](const std::string& options) {
    const ConnectionString result = parsed("mongodb://h/?authMechanism=MONGODB-X509" + options);
    EXPECT_THAT(result.warnings, IsEmpty());
    return result.notes;
  };
  EXPECT_THAT(notes(""), ElementsAre("authMechanism=MONGODB-X509 needs tls=true and "
                                     "tlsCertificateKeyFile"));
  EXPECT_THAT(notes("&tls=true"),
              ElementsAre("authMechanism=MONGODB-X509 needs tlsCertificateKeyFile"));
  EXPECT_THAT(notes("&tlsCertificateKeyFile=c.pem"),
              ElementsAre("tlsCertificateKeyFile has no effect without tls=true",
                          "authMechanism=MONGODB-X509 needs tls=true"));
  EXPECT_THAT(notes("&tls=true&tlsCertificateKeyFile=c.pem"), IsEmpty());
}

TEST(ConnectionString, Options) {
  const ConnectionString result = parsed(
      "mongodb://h/?TLS=true&tlsCAFile=%2Fa%2Fca.pem&tlsCertificateKeyFile=c.pem&"
      "tlsCertificateKeyFilePassword=x&tlsAllowInvalidCertificates=true&"
      "tlsAllowInvalidHostnames=false&appName=my%20app&directConnection=true");
  EXPECT_TRUE(result.options.tls.enabled);
  EXPECT_EQ(result.options.tls.ca_file, "/a/ca.pem");
  EXPECT_EQ(result.options.tls.certificate_key_file, "c.pem");
  EXPECT_EQ(result.options.tls.certificate_key_file_password, "x");
  EXPECT_TRUE(result.options.tls.allow_invalid_certificates);
  EXPECT_FALSE(result.options.tls.allow_invalid_hostnames);
  EXPECT_EQ(result.options.app_name, "my app");
  EXPECT_TRUE(result.options.direct_connection);
  EXPECT_THAT(result.warnings, IsEmpty());
}

TEST(ConnectionString, WhatIsNotUnderstoodIsAWarning) {  // D-URI-4, A-OPT-8
  EXPECT_THAT(parsed("mongodb://h/?waitQueueSize=1&appName=x&nonsense=2").warnings,
              ElementsAre("the option \"waitQueueSize\" is unknown and has no effect",
                          "the option \"nonsense\" is unknown and has no effect"));
}

TEST(ConnectionString, OptionsThatAreNoneAreNoted) {
  const ConnectionString result = parsed("mongodb://h/&replicaSet=rs");
  EXPECT_EQ(result.database, "&replicaSet=rs");
  // No warning: such a name is valid.
  EXPECT_THAT(result.warnings, IsEmpty());
  EXPECT_THAT(result.notes, ElementsAre("the name of the database has a =; options begin with ?"));
  EXPECT_THAT(parsed("mongodb://h/a&b?replicaSet=rs").notes, IsEmpty());
}

TEST(ConnectionString, ARepeatedOptionIsAWarning) {  // D-URI-5
  const ConnectionString result = parsed("mongodb://h/?appName=a&APPNAME=b&foo=1&foo=2");
  EXPECT_THAT(result.warnings,
              ElementsAre("the option \"APPNAME\" is repeated; the last one counts",
                          HasSubstr("unknown"), HasSubstr("unknown")));
  EXPECT_EQ(result.options.app_name, "b");
  for (const char* option : {"tls=true", "directConnection=true", "authSource=a", "tlsCAFile=a",
                             "authMechanism=MONGODB-X509"}) {
    const std::string text = "mongodb://h/?tls=true&" + std::string(option) + '&' + option;
    EXPECT_THAT(parsed(text).warnings, Contains(HasSubstr("is repeated"))) << text;
  }
}

TEST(ConnectionString, TlsAndSslMustAgree) {  // D-URI-5
  for (const char* options : {"ssl=true&tls=false", "ssl=false&tls=true", "tls=true&tls=false",
                              "ssl=false&SSL=true", "tls=true&ssl=true&tls=false"}) {
    EXPECT_THAT(problem("mongodb://h/?" + std::string(options)), HasSubstr("must not differ"))
        << options;
  }
  EXPECT_TRUE(parsed("mongodb://h/?ssl=true&tls=true").options.tls.enabled);
  EXPECT_THAT(parsed("mongodb://h/?ssl=true&tls=true").warnings, IsEmpty());
  EXPECT_FALSE(parsed("mongodb://h/?ssl=false&tls=false").options.tls.enabled);
}

TEST(ConnectionString, AnEmptyBooleanIsIgnored) {  // D-URI-6
  const ConnectionString result = parsed("mongodb://h/?tls=true&ssl=&directConnection=");
  EXPECT_TRUE(result.options.tls.enabled);
  EXPECT_FALSE(result.options.direct_connection);
  EXPECT_THAT(result.warnings, ElementsAre("the option \"ssl\" is empty and has no effect",
                                           HasSubstr("\"directConnection\" is empty")));
}

TEST(ConnectionString, Problems) {
  EXPECT_THAT(problem("mongodb+srv://h/"), HasSubstr("mongodb+srv is not supported"));
  EXPECT_THAT(problem("http://h/"), HasSubstr("begins with mongodb://"));
  EXPECT_THAT(problem("mongodb://"), HasSubstr("a host is missing"));
  EXPECT_THAT(problem("mongodb:///db"), HasSubstr("a host is missing"));
  for (const char* host :
       {"h:0", "h:65536", "h:", "h:x", ":1", "h,", ",h", "[::1]x", "[::1]:", "%G"}) {
    EXPECT_THAT(problem("mongodb://" + std::string(host)), HasSubstr("the host ")) << host;
  }
  EXPECT_THAT(problem("mongodb://::1/"), HasSubstr("an IPv6 address stands in brackets"));
  EXPECT_THAT(problem("mongodb://:p@h"), HasSubstr("user name is missing"));
  EXPECT_THAT(problem("mongodb://h/?tls"), HasSubstr("\"tls\" has no good value"));
  EXPECT_THAT(problem("mongodb://h/?appName=%"), HasSubstr("\"appName\" has no good value"));
  EXPECT_THAT(problem("mongodb://u:p@h/?authMechanism=PLAIN"), HasSubstr("expected SCRAM-SHA-1"));
  EXPECT_THAT(problem("mongodb://u:p@h/?authSource="), HasSubstr("authSource"));
  EXPECT_THAT(problem("mongodb://h/?authSource="), HasSubstr("authSource must not be empty"));
  EXPECT_THAT(problem("mongodb://h/?authSource=&authSource=a"), HasSubstr("not be empty"));
  EXPECT_THAT(problem("mongodb://@h/"), HasSubstr("user name is missing"));
  EXPECT_THAT(problem("mongodb://u:p@h/?authMechanism=MONGODB-X509"), HasSubstr("no password"));
  EXPECT_THAT(problem("mongodb://h/?authMechanism=SCRAM-SHA-1"), HasSubstr("user name is missing"));
  for (const char* database : {"a/b", "a%2Fb", "a%5Cb", "a%20b", "a%22b", "%24a"}) {
    EXPECT_THAT(problem("mongodb://h/" + std::string(database)), HasSubstr("the database "));
  }
  EXPECT_THAT(problem("mongodb://h/?appName=" + std::string(129, 'x')), HasSubstr("128 bytes"));
}

TEST(ConnectionString, NoMessageShowsThePassword) {
  for (const char* text :
       {"mongodb://u:se/cret@h/", "mongodb://u:se:cret@h/", "mongodb://u:se@cret@h/",
        "mongodb://u:secret%@h/", "mongodb://u:se?cret@h/", "mongodb://u:se@c/cret@h/"}) {
    EXPECT_THAT(problem(text), AllOf(HasSubstr("percent-encoded"), Not(HasSubstr("cret"))));
    EXPECT_EQ(without_password(text), "mongodb://u:***@h/");
  }
  EXPECT_THAT(problem("mongodb://u:secret@h:x/"), Not(HasSubstr("secret")));
  EXPECT_THAT(problem("mongodb://h/?tlsCertificateKeyFilePassword=se&cret"),
              HasSubstr("\"***\" has no good value"));
  EXPECT_THAT(parsed("mongodb://h/?tlsCertificateKeyFilePassword=se&cret=1").warnings,
              ElementsAre("the option \"***\" is unknown and has no effect"));
  EXPECT_THAT(parsed("mongodb://u:p@h/?authMechanismProperties=secret").warnings,
              ElementsAre(AllOf(HasSubstr("=***"), Not(HasSubstr("secret")))));
  EXPECT_THAT(problem("mongodb://h/?tlsCertificateKeyFilePassword=secret%"),
              AllOf(HasSubstr("has no good value"), Not(HasSubstr("secret"))));
  EXPECT_THAT(problem("mongodb://u:secret/"), Not(HasSubstr("secret"))) << "a forgotten host";
  EXPECT_EQ(without_password("mongodb://u:a=b/c@h/"), "mongodb://u:***@h/");
  EXPECT_EQ(without_password("mongodb://u:a=b@h/?x=y@z"), "mongodb://u:***@h/?x=y@z");
}

TEST(ConnectionString, WithoutPassword) {
  EXPECT_EQ(without_password("mongodb://u:p@h/?a=b@c"), "mongodb://u:***@h/?a=b@c");
  EXPECT_EQ(without_password("mongodb://u@h:1/"), "mongodb://u@h:1/");
  EXPECT_EQ(without_password("mongodb://h:1/"), "mongodb://h:1/");
  EXPECT_EQ(without_password("nonsense"), "nonsense");
  EXPECT_EQ(without_password(""), "");
}

TEST(ConnectionString, WithoutPasswordWhateverTheScheme) {
  EXPECT_EQ(without_password("mongodb+srv://u:secret@h/"), "mongodb+srv://u:***@h/");
  EXPECT_EQ(without_password("MongoDB://u:secret@h/?a=b"), "MongoDB://u:***@h/?a=b");
  EXPECT_EQ(without_password("http://u:se/cret@h/"), "http://u:***@h/");
  EXPECT_EQ(without_password("mongodb+srv://h/"), "mongodb+srv://h/");
  // Slips.
  for (const char* text :
       {"mongodb:/u:secret@h/", "mongodbu:secret@h/", "mongodb:u:://secret@h/"}) {
    EXPECT_THAT(without_password(text), AllOf(HasSubstr("***@h/"), Not(HasSubstr("cret"))));
  }
}

TEST(ConnectionString, WithoutThePasswordOfThePrivateKey) {
  const std::string option = "tlsCertificateKeyFilePassword=";
  for (const std::string before :
       {"mongodb://h/?", "mongodb://h:1/?tls=true&", "mongodb+srv://h/?", "mongodb://h:1?", "?"}) {
    for (const char* password : {"secret", "se@cret", "se%26cret", "se&cret", "se=cret", "cret?"}) {
      EXPECT_EQ(without_password(before + option + password), before + option + "***");
      EXPECT_EQ(without_password(before + option + password + "&appName=x"),
                before + option + "***&appName=x");
    }
  }
  EXPECT_EQ(without_password("mongodb://u:p@h/?TLSCERTIFICATEKEYFILEPASSWORD=a&" + option + "b"),
            "mongodb://u:***@h/?TLSCERTIFICATEKEYFILEPASSWORD=***&" + option + "***");
  EXPECT_EQ(without_password("mongodb://h/?" + option), "mongodb://h/?" + option + "***");
}

}  // namespace
}  // namespace cmap
