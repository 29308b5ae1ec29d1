// Each reader stands beside its writer; the words of both are the same list.
#include "spec-tests/client_run_file.hpp"

#include <array>
#include <limits>
#include <utility>

#include "pool/client/connection_string.hpp"
#include "spec-tests/writers.hpp"
#include "spec-tests/yaml_text.hpp"

namespace cmap::spec_tests {
namespace {

using sim::ClientCall;
using sim::ClientPlan;
using sim::Happening;
using sim::Trouble;
using ServersKind = serve::Deployment::Kind;

constexpr std::int64_t file_version = 1;
constexpr std::int64_t most_members = 50;

// In the order of their enumerators.
constexpr std::array<std::string_view, 3> server_words{"standalone", "replicaSet", "mongos"};
constexpr std::array<std::string_view, 10> happening_words{
    "stepDown",          "kill",   "restart",   "remove",   "add",
    "loseConfiguration", "cutOff", "reconnect", "slowDown", "trouble"};
constexpr std::array<std::string_view, 3> command_words{"hellos", "authentication", "operations"};
constexpr std::array<std::string_view, 3> how_words{"breaks", "errors", "delays"};
constexpr std::array<std::string_view, 4> version_words{"none", "older", "same", "newer"};
constexpr std::array<std::string_view, 4> call_words{"hold", "ping", "insert", "holdForWrite"};
constexpr std::array<std::string_view, 5> mode_words{"primary", "primaryPreferred", "secondary",
                                                     "secondaryPreferred", "nearest"};

template <typename Enumeration, std::size_t count>
void add_word(Keys& keys, std::string_view key, Enumeration value,
              const std::array<std::string_view, count>& words) {
  keys.add_text(key, words.at(static_cast<std::size_t>(value)));
}

/// The first one if there is none.
template <typename Enumeration, std::size_t count>
Enumeration read_word_of(const Value* value, std::string_view what,
                         const std::array<std::string_view, count>& words, Problems& problems) {
  return static_cast<Enumeration>(read_word(value, what, words, problems).value_or(0));
}

Duration read_time(const Value* value, std::string_view what, Problems& problems) {
  return read_milliseconds(value, what, problems, Fraction::allowed).value_or(Duration::zero());
}

// --- The client ------------------------------------------------------------------------------

std::string milliseconds_text(Duration time) {
  return std::to_string(time / std::chrono::milliseconds(1));
}

std::string connection_string(const ClientPlan& plan) {
  const ClientOptions& client = plan.client;
  std::string text = "mongodb://";
  if (client.credential) text += client.credential->user + ':' + client.credential->password + '@';
  const char* separator = "";
  for (const Address& seed : plan.seeds) text += std::exchange(separator, ",") + seed.text();
  separator = "/?";
  const auto add = [&](std::string_view name, const std::string& value) {
    text += std::exchange(separator, "&") + std::string(name) + '=' + value;
  };
  const auto add_time = [&](std::string_view name, const std::optional<Duration>& time) {
    if (time) add(name, milliseconds_text(*time));
  };
  const auto add_number = [&](std::string_view name, const std::optional<std::int64_t>& number) {
    if (number) add(name, std::to_string(*number));
  };
  if (!client.replica_set.empty()) add("replicaSet", client.replica_set);
  if (client.direct_connection) add("directConnection", "true");
  if (client.load_balanced) add("loadBalanced", "true");
  if (client.server_monitoring_mode == ServerMonitoringMode::poll) {
    add("serverMonitoringMode", "poll");
  } else if (client.server_monitoring_mode == ServerMonitoringMode::stream) {
    add("serverMonitoringMode", "stream");
  }
  add_time("heartbeatFrequencyMS", client.heartbeat_frequency);
  add_time("connectTimeoutMS", client.connect_timeout);
  add_time("socketTimeoutMS", client.socket_timeout);
  add_time("timeoutMS", client.timeout);
  add_time("serverSelectionTimeoutMS", client.server_selection_timeout);
  add_time("localThresholdMS", client.local_threshold);
  add_number("maxPoolSize", client.pool.max_pool_size);
  add_number("minPoolSize", client.pool.min_pool_size);
  add_number("maxConnecting", client.pool.max_connecting);
  add_time("maxIdleTimeMS", client.pool.max_idle_time);
  add_time("waitQueueTimeoutMS", client.pool.wait_queue_timeout);
  return text;
}

void read_client(ObjectReader& keys, ClientPlan& plan) {
  const Value* const value = keys.need("uri");
  const auto text = read_string(value, "uri", keys.problems());
  if (!text) return;
  auto read = parse_connection_string(*text);
  if (!read) return keys.problems().add(value->mark, "uri: " + read.failure().message);
  plan.seeds = std::move(read->hosts);
  plan.client = std::move(read->options);
  if (plan.client.credential) sim::authenticate(plan);
}

// --- The deployment --------------------------------------------------------------------------

Keys write_deployment(const sim::DeploymentOptions& deployment) {
  Keys keys;
  add_word(keys, "kind", deployment.servers.kind, server_words);
  keys.add_text("setName", deployment.servers.set_name);
  keys.add_number("members", static_cast<std::int64_t>(deployment.servers.members));
  keys.add_number("services", static_cast<std::int64_t>(deployment.servers.services));
  keys.add_number("seed", static_cast<std::int64_t>(deployment.servers.seed));
  keys.add_time("electionMS", deployment.election_time);
  keys.add_time("latencyMS", deployment.latency);
  return keys;
}

void read_deployment(const Value& value, sim::DeploymentOptions& deployment, Problems& problems) {
  ObjectReader keys(value, "the deployment", problems);
  const auto number = [&](std::string_view key, std::int64_t from, std::int64_t to) {
    return static_cast<std::size_t>(
        read_integer(keys.find(key), key, problems, from, to).value_or(1));
  };
  deployment.servers.kind =
      read_word_of<ServersKind>(keys.need("kind"), "kind", server_words, problems);
  deployment.servers.set_name = keys.string("setName").value_or("");
  deployment.servers.members = number("members", 1, most_members);
  deployment.servers.services = number("services", 1, most_members);
  deployment.servers.seed = number("seed", 0, std::numeric_limits<std::int64_t>::max());
  deployment.election_time = read_time(keys.find("electionMS"), "electionMS", problems);
  deployment.latency = read_time(keys.find("latencyMS"), "latencyMS", problems);
  keys.finish();
}

// --- What happens ----------------------------------------------------------------------------

void write_trouble(const Trouble& trouble, Keys& keys) {
  add_word(keys, "commands", trouble.commands, command_words);
  add_word(keys, "how", trouble.how, how_words);
  if (trouble.how == Trouble::How::errors) {
    keys.add_number("code", trouble.code);
    if (trouble.version != serve::ErrorVersion::none) {
      add_word(keys, "version", trouble.version, version_words);
    }
  }
  if (trouble.how == Trouble::How::delays) keys.add_time("timeMS", trouble.time);
}

Trouble read_trouble(ObjectReader& keys) {
  Problems& problems = keys.problems();
  return {.commands = read_word_of<Trouble::Commands>(keys.need("commands"), "commands",
                                                      command_words, problems),
          .how = read_word_of<Trouble::How>(keys.need("how"), "how", how_words, problems),
          .code = static_cast<std::int32_t>(
              read_integer(keys.find("code"), "code", problems).value_or(0)),
          .version = read_word_of<serve::ErrorVersion>(keys.find("version"), "version",
                                                       version_words, problems),
          .time = read_time(keys.find("timeMS"), "timeMS", problems)};
}

Value write_happening(const Happening& happening) {
  Keys keys;
  keys.add_time("atMS", happening.at);
  add_word(keys, "what", happening.kind, happening_words);
  if (happening.is_of_member()) {
    keys.add_number("member", static_cast<std::int64_t>(happening.member));
  }
  if (happening.kind == Happening::Kind::slow_down) keys.add_time("latencyMS", happening.latency);
  if (happening.kind == Happening::Kind::trouble) write_trouble(happening.trouble, keys);
  return std::move(keys).value();
}

Happening read_happening(const Value& value, std::size_t members, Problems& problems) {
  ObjectReader keys(value, "a happening", problems);
  const auto last = static_cast<std::int64_t>(members) - 1;
  Happening happening{
      .kind = read_word_of<Happening::Kind>(keys.need("what"), "what", happening_words, problems),
      .at = read_time(keys.need("atMS"), "atMS", problems),
      .member = static_cast<std::size_t>(
          read_integer(keys.find("member"), "member", problems, 0, last).value_or(0)),
      .latency = read_time(keys.find("latencyMS"), "latencyMS", problems)};
  if (happening.kind == Happening::Kind::trouble) happening.trouble = read_trouble(keys);
  keys.finish();
  return happening;
}

Value write_call(const ClientCall& call) {
  Keys keys;
  keys.add_time("atMS", call.at);
  add_word(keys, "what", call.kind, call_words);
  if (!call.is_write()) add_word(keys, "mode", call.mode, mode_words);
  if (call.is_held()) keys.add_time("holdMS", call.hold);
  if (call.timeout) keys.add_time("timeoutMS", *call.timeout);
  return std::move(keys).value();
}

ClientCall read_call(const Value& value, Problems& problems) {
  ObjectReader keys(value, "a call", problems);
  ClientCall call{
      .kind = read_word_of<ClientCall::Kind>(keys.need("what"), "what", call_words, problems),
      .at = read_time(keys.need("atMS"), "atMS", problems),
      .mode = read_word_of<ReadPreferenceMode>(keys.find("mode"), "mode", mode_words, problems),
      .hold = read_time(keys.find("holdMS"), "holdMS", problems),
      .timeout =
          read_milliseconds(keys.find("timeoutMS"), "timeoutMS", problems, Fraction::allowed)};
  keys.finish();
  return call;
}

std::string text_of(const ClientRunFile& file) {
  const ClientPlan& plan = file.plan;
  Keys keys;
  keys.add_number("clientRun", file_version);
  keys.add_text("catches", file.catches);
  keys.add_text("uri", connection_string(plan));
  keys.add_object("deployment", write_deployment(plan.deployment));
  // As a signed number: a seed has 64 bits.
  keys.add_number("schedule", static_cast<std::int64_t>(file.schedule));
  Value::Array list;
  for (const Happening& each : plan.happenings) list.push_back(write_happening(each));
  keys.add_list("happenings", std::exchange(list, {}));
  for (const ClientCall& each : plan.calls) list.push_back(write_call(each));
  keys.add_list("calls", std::move(list));
  keys.add_time("troubleEndsMS", plan.trouble_ends);
  if (plan.closes_early) keys.add_time("closesMS", *plan.closes_early);
  return yaml_text(keys.object());
}

bool is_same(const ClientPlan& a, const ClientPlan& b) {
  return connection_string(a) == connection_string(b) && a.client.pool == b.client.pool &&
         a.client.credential == b.client.credential && a.happenings == b.happenings &&
         a.calls == b.calls && a.trouble_ends == b.trouble_ends &&
         a.closes_early == b.closes_early && a.deployment.latency == b.deployment.latency &&
         a.deployment.election_time == b.deployment.election_time;
}

}  // namespace

bool holds_client_run(const Value& document) { return document.find("clientRun") != nullptr; }

ClientRunFile read_client_run(const Value& document, Problems& problems) {
  ObjectReader keys(document, "the file", problems);
  ClientRunFile file;
  ClientPlan& plan = file.plan;
  read_integer(keys.need("clientRun"), "clientRun", problems, file_version, file_version);
  file.catches = keys.string("catches").value_or("");
  read_client(keys, plan);
  if (const Value* deployment = keys.need("deployment")) {
    read_deployment(*deployment, plan.deployment, problems);
  }
  using Limits = std::numeric_limits<std::int64_t>;
  const Value* const schedule = keys.find("schedule");
  file.schedule = static_cast<std::uint64_t>(
      read_integer(schedule, "schedule", problems, Limits::min(), Limits::max()).value_or(0));
  for (const Value& each : read_list(keys.find("happenings"), "happenings", problems)) {
    plan.happenings.push_back(read_happening(each, plan.deployment.servers.members, problems));
  }
  for (const Value& each : read_list(keys.find("calls"), "calls", problems)) {
    plan.calls.push_back(read_call(each, problems));
  }
  plan.trouble_ends = read_time(keys.need("troubleEndsMS"), "troubleEndsMS", problems);
  plan.closes_early =
      read_milliseconds(keys.find("closesMS"), "closesMS", problems, Fraction::allowed);
  keys.finish();
  return file;
}

Written write_client_run(const ClientRunFile& file) {
  std::string text = text_of(file);
  const Document document = read_text(text, Syntax::yaml, "the client's run");
  Problems problems("the client's run");
  if (document.value && is_same(read_client_run(*document.value, problems).plan, file.plan) &&
      problems.empty()) {
    return {.text = std::move(text), .reason = {}};
  }
  const auto found = problems.take();
  return {.text = {},
          .reason = found.empty() ? "a connection string does not say all of the client's options"
                                  : found.front().text()};
}

}  // namespace cmap::spec_tests
