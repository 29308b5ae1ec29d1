// Options of connection strings: every value, every warning, every rule across options.
#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pool/client/connection_string.hpp"

namespace cmap {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ConnectionString with_options(const std::string& options, const std::string& hosts = "h") {
  auto result = read_connection_string("mongodb://" + hosts + "/?" + options);
  EXPECT_TRUE(result) << options << ": " << (result ? "" : result.error());
  return result ? *result : ConnectionString{};
}

std::string problem_of(const std::string& options, const std::string& hosts = "h") {
  const auto result = read_connection_string("mongodb://" + hosts + "/?" + options);
  return result ? "" : result.error();
}

/// The only one.
std::string warning_of(const std::string& options) {
  const ConnectionString result = with_options(options);
  EXPECT_EQ(result.warnings.size(), 1U) << options;
  return result.warnings.empty() ? "" : result.warnings.front();
}

TEST(UriOptions, PoolOptionsUnderTheirSpecifiedNames) {  // A-OPT-7
  const ConnectionString result = with_options(
      "maxPoolSize=5&minPoolSize=3&maxIdleTimeMS=50000&MAXCONNECTING=1&waitQueueTimeoutMS=250");
  EXPECT_EQ(result.options.pool, (PoolOptions{.max_pool_size = 5,
                                              .min_pool_size = 3,
                                              .max_idle_time = seconds(50),
                                              .max_connecting = 1,
                                              .wait_queue_timeout = milliseconds(250)}));
  EXPECT_THAT(result.warnings, IsEmpty());
  EXPECT_EQ(with_options("").options.pool, PoolOptions{});
}

TEST(UriOptions, ZeroIsAValueWhereItMeansNoLimit) {  // D-URI-2, D-URI-3
  const ConnectionString result = with_options(
      "maxPoolSize=0&minPoolSize=0&maxIdleTimeMS=0&waitQueueTimeoutMS=0&connectTimeoutMS=0&"
      "socketTimeoutMS=0&localThresholdMS=0");
  EXPECT_EQ(result.options.pool.max_pool_size, 0);
  EXPECT_EQ(result.options.pool.min_pool_size, 0);
  EXPECT_EQ(result.options.pool.wait_queue_timeout, seconds(0));
  EXPECT_EQ(result.options.connect_timeout, seconds(0));
  EXPECT_EQ(result.options.socket_timeout, seconds(0));
  EXPECT_EQ(result.options.local_threshold, seconds(0));
  EXPECT_THAT(result.warnings, IsEmpty());
}

TEST(UriOptions, AnInvalidNumberIsAWarningAndIgnored) {  // D-URI-1, D-URI-8
  for (const std::string name :
       {"maxPoolSize", "minPoolSize", "maxIdleTimeMS", "maxConnecting", "waitQueueTimeoutMS",
        "connectTimeoutMS", "socketTimeoutMS", "timeoutMS", "heartbeatFrequencyMS",
        "serverSelectionTimeoutMS", "localThresholdMS", "wTimeoutMS", "maxAdaptiveRetries"}) {
    for (const std::string value : {"invalid", "-2", "1.5", "+1", "0x1", "99999999999999999999"}) {
      EXPECT_THAT(warning_of(name + '=' + value),
                  HasSubstr(name + '=' + value + " has no effect: expected an integer from "));
    }
  }
  EXPECT_EQ(warning_of("maxPoolSize=2147483648"),
            "maxPoolSize=2147483648 has no effect: expected an integer from 0 to 2147483647");
  const ClientOptions options = with_options("maxConnecting=0&maxPoolSize=-1").options;
  EXPECT_EQ(options.pool, PoolOptions{});
  EXPECT_EQ(warning_of("heartbeatFrequencyMS=499"),
            "heartbeatFrequencyMS=499 has no effect: expected an integer from 500 to 2147483647");
  EXPECT_EQ(with_options("heartbeatFrequencyMS=500").options.heartbeat_frequency,
            milliseconds(500));
}

TEST(UriOptions, TimesAndTheirDefaults) {  // D-URI-8, D-SEL-1, D-MON-2
  const ClientOptions usual = with_options("").options;
  EXPECT_EQ(usual.connect_timeout, seconds(10));
  EXPECT_FALSE(usual.socket_timeout);
  EXPECT_FALSE(usual.timeout);
  EXPECT_EQ(usual.heartbeat_frequency, seconds(10));
  EXPECT_EQ(usual.server_selection_timeout, seconds(30));
  EXPECT_EQ(usual.local_threshold, milliseconds(15));
  const ClientOptions options =
      with_options(
          "connectTimeoutMS=1&socketTimeoutMS=2&timeoutMS=3&heartbeatFrequencyMS=600&"
          "serverSelectionTimeoutMS=4&localThresholdMS=5")
          .options;
  EXPECT_EQ(options.connect_timeout, milliseconds(1));
  EXPECT_EQ(options.socket_timeout, milliseconds(2));
  EXPECT_EQ(options.timeout, milliseconds(3));
  EXPECT_EQ(options.heartbeat_frequency, milliseconds(600));
  EXPECT_EQ(options.server_selection_timeout, milliseconds(4));
  EXPECT_EQ(options.local_threshold, milliseconds(5));
}

TEST(UriOptions, WatchingServers) {
  using Mode = ServerMonitoringMode;
  EXPECT_EQ(with_options("").options.server_monitoring_mode, Mode::automatic);
  EXPECT_EQ(with_options("serverMonitoringMode=stream").options.server_monitoring_mode,
            Mode::stream);
  EXPECT_EQ(with_options("serverMonitoringMode=poll").options.server_monitoring_mode, Mode::poll);
  EXPECT_EQ(warning_of("serverMonitoringMode=Poll"),
            "serverMonitoringMode=Poll has no effect: expected auto, stream or poll");
}

TEST(UriOptions, Booleans) {  // D-URI-6
  EXPECT_TRUE(with_options("loadBalanced=true").options.pool.load_balanced);
  EXPECT_EQ(warning_of("loadBalanced=1"), "loadBalanced=1 is deprecated: write loadBalanced=true");
  EXPECT_TRUE(with_options("loadBalanced=1").options.load_balanced);
  for (const std::string word : {"1", "yes", "y", "t"}) {
    EXPECT_TRUE(with_options("tls=" + word).options.tls.enabled) << word;
    EXPECT_EQ(warning_of("tls=" + word), "tls=" + word + " is deprecated: write tls=true");
  }
  for (const std::string word : {"0", "-1", "no", "n", "f"}) {
    EXPECT_FALSE(with_options("ssl=" + word).options.tls.enabled) << word;
    EXPECT_EQ(warning_of("ssl=" + word), "ssl=" + word + " is deprecated: write ssl=false");
  }
  EXPECT_EQ(warning_of("journal=invalid"), "journal=invalid has no effect: expected true or false");
  EXPECT_EQ(warning_of("journal="), "the option \"journal\" is empty and has no effect");
  EXPECT_EQ(warning_of("maxIdleTimeMS="),
            "the option \"maxIdleTimeMS\" is empty and has no effect");
}

TEST(UriOptions, WhoeverMeansToUseTlsIsTold) {
  EXPECT_THAT(with_options("tls=ture").warnings,
              ElementsAre("tls=ture has no effect: expected true or false",
                          HasSubstr("connections are not encrypted")));
}

TEST(UriOptions, ReadPreference) {
  const ReadPreference preference =
      with_options(
          "readPreference=primaryPreferred&readPreferenceTags=dc:ny,rack:1&"
          "maxStalenessSeconds=120&readPreferenceTags=dc:ny&readPreferenceTags=")
          .options.read_preference;
  EXPECT_EQ(preference,
            (ReadPreference{.mode = ReadPreferenceMode::primary_preferred,
                            .tag_sets = {{{"dc", "ny"}, {"rack", "1"}}, {{"dc", "ny"}}, {}},
                            .max_staleness = seconds(120)}));
  EXPECT_THAT(warning_of("readPreference=PRIMARY"), HasSubstr("expected primary, "));
  EXPECT_EQ(warning_of("readPreferenceTags=invalid"),
            "readPreferenceTags=invalid has no effect: expected NAME:VALUE,NAME:VALUE");
  EXPECT_THAT(warning_of("maxStalenessSeconds=89"), HasSubstr("from 90"));
  EXPECT_FALSE(with_options("maxStalenessSeconds=-1").options.read_preference.max_staleness);
  EXPECT_THAT(problem_of("readPreferenceTags=dc:ny"), HasSubstr("other than primary"));
  EXPECT_THAT(problem_of("maxStalenessSeconds=90"), HasSubstr("other than primary"));
}

TEST(UriOptions, WhatTheyAreConnectedTo) {  // D-URI-7
  EXPECT_EQ(with_options("replicaSet=my@set").options.replica_set, "my@set");
  EXPECT_THAT(problem_of("directConnection=true", "a,b"), HasSubstr("one host"));
  EXPECT_FALSE(with_options("directConnection=false", "a,b").options.direct_connection);
  EXPECT_THAT(problem_of("loadBalanced=true", "a,b"), HasSubstr("one host"));
  EXPECT_THAT(problem_of("loadBalanced=true&replicaSet=rs"), HasSubstr("excludes replicaSet"));
  EXPECT_THAT(problem_of("loadBalanced=true&directConnection=true"),
              HasSubstr("excludes directConnection"));
  EXPECT_EQ(problem_of("loadBalanced=true&directConnection=false"), "");
  EXPECT_EQ(problem_of("loadBalanced=false&replicaSet=rs", "a,b"), "");
  EXPECT_THAT(problem_of("srvMaxHosts=0"), HasSubstr("mongodb+srv only"));
  EXPECT_THAT(problem_of("srvServiceName=x"), HasSubstr("mongodb+srv only"));
}

TEST(UriOptions, TlsPairsExcludeEachOther) {  // D-URI-5
  const auto conflict = [](const std::string& a, const std::string& b) {
    for (const std::string values : {"true false", "false true", "true true", "false false"}) {
      const std::string first = values.substr(0, values.find(' '));
      const std::string second = values.substr(values.find(' ') + 1);
      EXPECT_THAT(problem_of(a + '=' + first + '&' + b + '=' + second),
                  HasSubstr("exclude each other"));
      EXPECT_THAT(problem_of(b + '=' + first + '&' + a + '=' + second),
                  HasSubstr("exclude each other"));
    }
  };
  const std::string insecure = "tlsInsecure", certificates = "tlsAllowInvalidCertificates",
                    endpoint = "tlsDisableOCSPEndpointCheck",
                    revocation = "tlsDisableCertificateRevocationCheck";
  for (const std::string& other :
       {certificates, std::string("tlsAllowInvalidHostnames"), endpoint, revocation}) {
    conflict(insecure, other);
  }
  conflict(certificates, endpoint);
  conflict(certificates, revocation);
  conflict(endpoint, revocation);
  EXPECT_EQ(problem_of("tlsAllowInvalidHostnames=true&tlsAllowInvalidCertificates=true"), "");
  const TlsOptions tls = with_options("tls=true&tlsInsecure=true").options.tls;
  EXPECT_TRUE(tls.allow_invalid_certificates && tls.allow_invalid_hostnames);
}

TEST(UriOptions, ASmallerMaximumTakesTheMinimumAway) {  // F-12
  const ConnectionString result = with_options("minPoolSize=6&maxPoolSize=5");
  EXPECT_THAT(result.warnings, ElementsAre("minPoolSize=6 has no effect: expected at most "
                                           "maxPoolSize, which is 5"));
  EXPECT_EQ(result.options.pool, PoolOptions{.max_pool_size = 5});
  EXPECT_THAT(warning_of("minPoolSize=101"), HasSubstr("which is 100"));
  EXPECT_THAT(with_options("minPoolSize=101&maxPoolSize=0").warnings, IsEmpty());
}

TEST(UriOptions, ADeprecatedKeyGivesWay) {
  EXPECT_EQ(warning_of("wtimeout=5"), "wtimeout is deprecated: write wTimeoutMS");
  EXPECT_EQ(with_options("wtimeout=5").options.unused.w_timeout, milliseconds(5));
  for (const char* both : {"wtimeout=5&wtimeoutMS=10", "wtimeoutMS=10&wtimeout=5"}) {
    EXPECT_EQ(warning_of(both), "wtimeout has no effect: wTimeoutMS is there, too");
    EXPECT_EQ(with_options(both).options.unused.w_timeout, milliseconds(10));
  }
}

TEST(UriOptions, WhatIsKeptIsNoted) {
  const ConnectionString result = with_options(
      "readConcernLevel=majority&w=5&wTimeoutMS=30000&journal=false&retryReads=true&"
      "retryWrites=false&compressors=zstd,zlib&zlibCompressionLevel=-1");
  EXPECT_THAT(result.warnings, IsEmpty());
  EXPECT_EQ(result.notes.size(), 8U);
  EXPECT_EQ(result.notes.back(),
            "zlibCompressionLevel has no effect: this client does not compress");
  EXPECT_EQ(result.options.unused, (UnusedOptions{.read_concern_level = "majority",
                                                  .w = std::int64_t{5},
                                                  .journal = false,
                                                  .w_timeout = seconds(30),
                                                  .retry_reads = true,
                                                  .retry_writes = false,
                                                  .compressors = {"zstd", "zlib"},
                                                  .zlib_compression_level = -1}));
  EXPECT_EQ(with_options("w=majority").options.unused.w,
            (std::variant<std::int64_t, std::string>("majority")));
  EXPECT_THAT(warning_of("w=-1"), HasSubstr("w=-1 has no effect"));
  EXPECT_EQ(warning_of("compressors=snappy,lz4"), "the compressor \"lz4\" is unknown");
  EXPECT_THAT(with_options("timeoutMS=1&waitQueueTimeoutMS=1").notes,
              ElementsAre("waitQueueTimeoutMS has no effect: timeoutMS is there, too"));
  EXPECT_THAT(with_options("tlsCAFile=ca.pem").notes,
              ElementsAre("tlsCAFile has no effect without tls=true"));
}

TEST(UriOptions, ProxyRulesAndThatThereIsNone) {
  EXPECT_EQ(problem_of("proxyPort=1080"), "proxyPort needs proxyHost");
  EXPECT_EQ(problem_of("proxyUsername=a&proxyPassword=b"), "proxyUsername needs proxyHost");
  EXPECT_THAT(problem_of("proxyHost=p&proxyUsername=a"), HasSubstr("need each other"));
  EXPECT_THAT(problem_of("proxyHost=p&proxyHost=q"), HasSubstr("must not be repeated"));
  EXPECT_THAT(with_options("proxyHost=p").unsupported, HasSubstr("proxyHost is not supported"));
}

TEST(UriOptions, WhatIsUnsupportedCannotBeUsedToConnect) {
  for (const char* text :
       {"mongodb+srv://h/", "mongodb://h/?proxyHost=p", "mongodb://u:p@h/?authMechanism=PLAIN"}) {
    const auto read = read_connection_string(text);
    ASSERT_TRUE(read) << text;
    const auto parsed = parse_connection_string(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error(), read->unsupported);
    EXPECT_THAT(parsed.error(), HasSubstr("is not supported"));
  }
}

}  // namespace
}  // namespace cmap
