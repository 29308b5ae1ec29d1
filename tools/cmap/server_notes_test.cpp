// What people are told of servers: each change once, each trouble with what to do.
#include "tools/cmap/server_notes.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cmap::tools {
namespace {

ErrorPtr trouble(ErrorType type, NetworkFault fault = NetworkFault::none) {
  return std::make_shared<const Error>(Error{.type = type, .message = "it broke", .fault = fault});
}

TopologyEvent changed(ServerType type, ErrorPtr error = nullptr, Duration time = {}) {
  const Address address("h", 1);
  const auto description = [&](ServerType its_type, ErrorPtr its_error) {
    ServerDescription server = unknown_server(address, std::move(its_error));
    server.type = its_type;
    return std::make_shared<const ServerDescription>(std::move(server));
  };
  return {.time = TimePoint(time),
          .body = ServerDescriptionChangedEvent{
              .address = address,
              .previous_description = description(ServerType::unknown, nullptr),
              .new_description = description(type, std::move(error))}};
}

TEST(ServerNotes, EachChangeOnce) {
  ServerNotes notes;
  EXPECT_EQ(notes.note(changed(ServerType::unknown)), std::nullopt);
  EXPECT_EQ(notes.note(changed(ServerType::rs_primary)), "h:1 is RSPrimary");
  EXPECT_EQ(notes.note(changed(ServerType::rs_primary)), std::nullopt);
  const auto refused = trouble(ErrorType::network, NetworkFault::refused);
  EXPECT_EQ(notes.note(changed(ServerType::unknown, refused)),
            "h:1 is unknown: it broke; nobody listens there: is the server running?");
  EXPECT_EQ(notes.note(changed(ServerType::unknown, refused)), std::nullopt);
  EXPECT_EQ(notes.note(changed(ServerType::rs_secondary)), "h:1 is RSSecondary");
}

TEST(ServerNotes, AServerThatHasAnsweredIsNotAskedForTls) {
  const auto ended = trouble(ErrorType::network, NetworkFault::reset);
  const std::string after_an_answer =
      "h:1 is unknown: it broke; the server ended it: was it stopped?";
  ServerNotes notes;
  EXPECT_EQ(notes.note(changed(ServerType::unknown, ended)),
            "h:1 is unknown: it broke; the server ended it: does it want TLS (tls=true), or none?");
  notes.note(changed(ServerType::rs_secondary));
  notes.note(changed(ServerType::unknown, trouble(ErrorType::network, NetworkFault::timeout)));
  EXPECT_EQ(notes.note(changed(ServerType::unknown, ended)), after_an_answer);
  notes.note({.body = ServerClosedEvent{Address("h", 1)}});
  EXPECT_EQ(notes.note(changed(ServerType::unknown, ended)), after_an_answer);
}

TEST(ServerNotes, AServerThatComesAndGoesIsNoSpam) {
  using std::chrono::milliseconds;
  ServerNotes notes;
  const auto refused = trouble(ErrorType::authentication);
  const auto told_at = [&](int time) {
    const bool trouble_is_told =
        notes.note(changed(ServerType::unknown, refused, milliseconds(time))).has_value();
    const bool end_is_told =
        notes.note(changed(ServerType::standalone, nullptr, milliseconds(time))).has_value();
    EXPECT_EQ(trouble_is_told, end_is_told) << time;
    return trouble_is_told;
  };
  EXPECT_TRUE(told_at(100));
  EXPECT_FALSE(told_at(600));
  EXPECT_FALSE(told_at(10'099));
  EXPECT_TRUE(told_at(10'100));
}

TopologyEvent topology_changed(TopologyType type, const std::string& set_name) {
  TopologyDescription topology{.type = type};
  topology.set_name = set_name;
  return {.body = TopologyDescriptionChangedEvent{
              .new_description = std::make_shared<const TopologyDescription>(topology)}};
}

/// What is said of a server that goes, in a topology of type and set `wanted`.
std::string left_out(ServerType type, const std::string& set_name,
                     TopologyType wanted = TopologyType::replica_set_no_primary) {
  ServerNotes notes;
  const Address address("h", 1);
  notes.note({.body = ServerOpeningEvent{address}});
  notes.note(topology_changed(wanted, "rs"));
  auto server = unknown_server(address);
  server.type = type;
  if (!set_name.empty()) server.set_name = set_name;
  notes.note({.body = ServerDescriptionChangedEvent{
                  .address = address,
                  .previous_description =
                      std::make_shared<const ServerDescription>(unknown_server(address)),
                  .new_description = std::make_shared<const ServerDescription>(server)}});
  return notes.note({.body = ServerClosedEvent{address}}).value_or("");
}

TEST(ServerNotes, WhyAServerIsLeftOut) {
  EXPECT_EQ(left_out(ServerType::rs_primary, "other"),
            "h:1 is left out: it is a member of the replica set other, but replicaSet is rs");
  EXPECT_EQ(left_out(ServerType::standalone, ""),
            "h:1 is left out: it is a Standalone, no member of a replica set");
  EXPECT_EQ(left_out(ServerType::rs_secondary, "rs"),
            "h:1 is left out: the replica set does not list it");
  EXPECT_EQ(left_out(ServerType::unknown, ""), "h:1 is left out: the replica set does not list it");
  EXPECT_EQ(left_out(ServerType::rs_primary, "rs", TopologyType::sharded),
            "h:1 is left out: it is no mongos like the others");
}

TEST(ServerNotes, SilentServersAreKnown) {
  ServerNotes notes;
  for (const char* host : {"h", "i", "j"}) {
    notes.note({.body = ServerOpeningEvent{Address(host, 1)}});
  }
  notes.note(changed(ServerType::standalone));
  notes.note({.body = ServerClosedEvent{Address("i", 1)}});
  EXPECT_EQ(notes.silent_servers(), std::vector<std::string>{"j:1"});
}

TEST(ServerNotes, OtherEventsSayNothing) {
  ServerNotes notes;
  EXPECT_EQ(notes.note({.body = TopologyOpeningEvent{}}), std::nullopt);
  EXPECT_EQ(notes.note({.body = TopologyClosedEvent{}}), std::nullopt);
}

TEST(ServerNotes, EachRefusalOfACertificateWithWhatToDo) {
  const auto advice = [](const std::string& message) {
    const std::string text = explained(
        Error{.type = ErrorType::network, .message = message, .fault = NetworkFault::certificate},
        false);
    EXPECT_TRUE(text.starts_with(message));
    return text.substr(message.size());
  };
  EXPECT_EQ(advice("tlsv13 alert certificate required (SSL routines)"),
            "; the server demands a certificate: tlsCertificateKeyFile names ours");
  EXPECT_EQ(advice("sslv3 alert handshake failure (SSL routines)"),
            "; does the server demand a certificate? tlsCertificateKeyFile names ours");
  const std::string refused =
      "; the server refused our certificate: tlsCertificateKeyFile must name one that it trusts";
  for (const char* alert :
       {"tlsv1 alert unknown ca", "sslv3 alert bad certificate", "sslv3 alert certificate expired",
        "sslv3 alert certificate unknown", "sslv3 alert unsupported certificate"}) {
    EXPECT_EQ(advice(alert), refused) << alert;
  }
  EXPECT_EQ(advice("tlsv1 alert protocol version (SSL routines)"), "");
  EXPECT_EQ(advice("certificate verify failed: certificate has expired"),
            "; the server needs a new certificate");
  EXPECT_EQ(advice("certificate verify failed: certificate is not yet valid"),
            "; is the time of this machine right?");
  EXPECT_EQ(advice("certificate verify failed: hostname mismatch"),
            "; name the host as its certificate does; tlsAllowInvalidHostnames=true accepts any");
  EXPECT_EQ(advice("certificate verify failed: unable to get local issuer certificate"),
            "; tlsCAFile names the authority to trust");
}

TEST(ServerNotes, EachFaultWithWhatToDo) {
  const auto network = [](NetworkFault fault) {
    return explained(*trouble(ErrorType::network, fault), false);
  };
  EXPECT_EQ(network(NetworkFault::dns), "it broke; is the name of the host right?");
  EXPECT_EQ(network(NetworkFault::timeout),
            "it broke; there is no answer: is the network cut, or the server stuck?");
  EXPECT_EQ(network(NetworkFault::eof),
            "it broke; the server ended it: does it want TLS (tls=true), or none?");
  EXPECT_EQ(explained(*trouble(ErrorType::network, NetworkFault::eof), true),
            "it broke; the server ended it: was it stopped?");
  EXPECT_EQ(explained(*trouble(ErrorType::authentication), false),
            "it broke; are user name, password and authSource right?");
  EXPECT_EQ(
      explained(*trouble(ErrorType::authentication), false, wire::AuthenticationMechanism::x509),
      "it broke; does the server know the name in the certificate of "
      "tlsCertificateKeyFile?");
  const Error nonsense{.type = ErrorType::protocol,
                       .message = "The peer does not speak the protocol: too long"};
  EXPECT_EQ(explained(nonsense, false),
            nonsense.message + "; is it a MongoDB server, and tls as it wants it?");
  EXPECT_EQ(explained(*trouble(ErrorType::protocol), false), "it broke");
  EXPECT_EQ(explained(*trouble(ErrorType::command), false), "it broke");
  EXPECT_EQ(explained(Error{.type = ErrorType::command, .message = "no", .code = 13}, true),
            "no; name a user: mongodb://USER:PASSWORD@HOST/");
  EXPECT_THAT(explained(*not_load_balanced_error(Address("h", 1)), false),
              ::testing::EndsWith("; leave out loadBalanced=true, or name the load balancer"));
}

}  // namespace
}  // namespace cmap::tools
