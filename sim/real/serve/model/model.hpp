// The model of a MongoDB deployment: what it answers to commands, without sockets, time or threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pool/wire/bson.hpp"
#include "sim/real/serve/model/connection.hpp"
#include "sim/real/serve/model/credentials.hpp"
#include "sim/real/serve/model/cursors.hpp"
#include "sim/real/serve/model/deployment.hpp"
#include "sim/real/serve/model/fail_points.hpp"
#include "sim/real/serve/model/request.hpp"
#include "sim/real/serve/model/store.hpp"

namespace cmap::serve {

/// What a command wants to happen outside of the model.
struct Wish {
  enum class Kind : std::uint8_t { elect, kill, restart } kind = Kind::elect;
  std::size_t member = 0;
  bool operator==(const Wish&) const = default;
};

struct ModelOptions {
  Deployment::Options deployment{};
  std::vector<User> users{};
  /// Those of `users`, made before: that costs milliseconds. Null: they are made.
  const Credentials* credentials = nullptr;
  bool authentication = false;
  std::size_t max_document_bytes = 64 * 1024 * 1024;
  std::function<std::string()> nonce{};  ///< for SCRAM: printable, without commas
};

/// All members, and what they share. Each command is carried out by a handler in one of the files
/// commands_*.cpp; Exchange says when.
struct Model {
  /// Throws std::invalid_argument.
  explicit Model(ModelOptions options);

  wire::ObjectId fresh_id();

  ModelOptions options;
  Deployment deployment;
  Credentials credentials;
  Store store;
  Cursors cursors;
  std::vector<FailPoints> fail_points;  ///< of each member
  std::vector<Wish> wishes;             ///< whoever carries them out takes them away
  std::uint64_t last_id = 0;
};

/// One command as its handler sees it.
struct Call {
  Model& model;
  Connection& connection;
  const Request& request;
  wire::Date now;

  [[nodiscard]] wire::DocumentView body() const { return request.body; }
  /// The value of the first element: most often a collection.
  [[nodiscard]] std::string target() const;
  /// "db.collection".
  [[nodiscard]] std::string collection() const;
};

using Handler = wire::Document (*)(const Call&);

struct CommandKind {
  Handler handler = nullptr;
  enum class Needs : std::uint8_t {
    nothing,
    readable,  ///< the primary, or a client that has said that a secondary will do
    primary,
  } needs = Needs::nothing;
  bool before_authentication = false;
};

/// By the names of commands.
using CommandTable = std::map<std::string, CommandKind, std::less<>>;
void add_hello_commands(CommandTable& table);
void add_sasl_commands(CommandTable& table);
void add_write_commands(CommandTable& table);
void add_read_commands(CommandTable& table);
void add_collection_commands(CommandTable& table);
void add_admin_commands(CommandTable& table);

/// Carries a command out, fail points apart.
wire::Document execute(const Call& call);

/// As it stands in replies.
wire::Document version_document(const wire::TopologyVersion& version);
/// Of the member that is called.
wire::Document topology_version(const Call& call);
/// The client's first hello says who it is.
void remember_client(Connection& connection, wire::DocumentView hello);
/// What saslStart answers inside of hello. Nothing: that is left out.
std::optional<wire::Document> speculative_reply(const Call& call, wire::DocumentView start);

}  // namespace cmap::serve
