// `cmap monitor` from end to end: events of a replica set whose member goes and comes back, and
// what it says of each kind of trouble.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/real/serve/certificates.hpp"
#include "sim/real/serve/server.hpp"
#include "sim/real/temporary_folder.hpp"
#include "tools/cmap/program_harness.hpp"
#include "tools/cmap/serve_harness.hpp"

namespace cmap::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

struct RunningServer {
  explicit RunningServer(serve::ServerOptions options) : server(std::move(options)) {
    server.start();
  }
  [[nodiscard]] std::string host(std::size_t member) const {
    return "127.0.0.1:" + std::to_string(server.ports().at(member));
  }

  serve::Server server;
};

/// The lines up to one that has both; "" in the end if there is none.
std::vector<std::string> lines_until(BackgroundProgram& program, const std::string& what,
                                     const std::string& address) {
  std::vector<std::string> lines;
  do {
    lines.push_back(program.line());
  } while (!lines.back().empty() && (lines.back().find(what) == std::string::npos ||
                                     lines.back().find(address) == std::string::npos));
  return lines;
}

bool is_pool_closed(const std::string& line) {
  return line.starts_with("ConnectionPoolClosedEvent");
}

TEST(Monitor, AMemberIsKilledAndRestarted) {
  RunningServer set({.ports = {0, 0, 0}, .replica_set = "rs"});
  BackgroundProgram monitor(
      "monitor", {"--for", "60s", set.server.uri() + "&heartbeatFrequencyMS=500&minPoolSize=1"});
  const std::string primary = set.host(0);
  const auto opened = lines_until(monitor, "ConnectionReadyEvent", primary);
  EXPECT_THAT(opened.front(), MatchesRegex("ConnectionPoolCreatedEvent \\{ time: "
                                           "20..-..-..T..:..:..\\....Z, address: '127\\.0\\.0\\.1:"
                                           "[0-9]+', options: \\{ minPoolSize: 1 \\} \\}"));
  set.server.kill(0);
  EXPECT_THAT(lines_until(monitor, "ConnectionPoolClearedEvent", primary).back(), Not(IsEmpty()));
  set.server.restart(0);
  EXPECT_THAT(lines_until(monitor, "ConnectionPoolReadyEvent", primary).back(), Not(IsEmpty()));
  EXPECT_THAT(lines_until(monitor, "ConnectionReadyEvent", primary).back(), Not(IsEmpty()));
  monitor.signal(SIGINT);
  const auto closing = lines_until(monitor, "there is no such line", "");
  ASSERT_EQ(std::ranges::count_if(closing, is_pool_closed), 3);
  EXPECT_TRUE(is_pool_closed(*(closing.end() - 2)));
  std::string notes;
  for (std::string line = monitor.error_line(); !line.empty(); line = monitor.error_line()) {
    notes += line + '\n';
  }
  EXPECT_THAT(notes,
              AllOf(HasSubstr(primary + " is RSPrimary\n"), HasSubstr(primary + " is unknown: "),
                    HasSubstr(set.host(2) + " is RSSecondary\n")));
  EXPECT_EQ(monitor.wait(), 0);
}

/// Until a line of standard error has `note`, then Ctrl-C.
Ended monitor_until(const std::string& note, const std::string& uri) {
  BackgroundProgram monitor("monitor", {"--for", "60s", uri});
  Ended ended;
  bool is_said = false;
  for (std::string line = monitor.error_line(); !line.empty(); line = monitor.error_line()) {
    ended.error += line + '\n';
    if (is_said || line.find(note) == std::string::npos) continue;
    is_said = true;
    monitor.signal(SIGINT);
  }
  for (std::string line = monitor.line(); !line.empty(); line = monitor.line()) {
    ended.out += line + '\n';
  }
  EXPECT_TRUE(is_said) << ended.error;
  ended.status = monitor.wait();
  return ended;
}

class MonitorOnce : public ::testing::Test {
 protected:
  [[nodiscard]] Ended monitor(const std::string& uri, std::vector<std::string> options = {}) const {
    options.insert(options.begin(), "monitor");
    options.push_back(uri);
    return program.run(options);
  }

  ProgramInFolder program{CMAP_PROGRAM};
};

TEST_F(MonitorOnce, TheOtherFormats) {
  const RunningServer single({});
  const std::string uri = "mongodb://" + single.host(0) + "/";
  const Ended json = monitor(uri, {"--for", "1s", "--format", "json"});
  EXPECT_EQ(json.status, 0) << json.error;
  EXPECT_THAT(json.out, AllOf(HasSubstr("{\"type\":\"ConnectionPoolCreated\",\"timeMS\":"),
                              HasSubstr("\"type\":\"ConnectionCheckedIn\""),
                              HasSubstr("\"type\":\"ConnectionPoolClosed\"")));
  program.write("events.jsonl", json.out);
  const Ended judged = program.run({"judge", "events.jsonl"});
  EXPECT_EQ(judged.status, 0) << judged.out << judged.error;
  const Ended log = monitor(uri, {"--for", "1s", "--format", "log"});
  EXPECT_THAT(log.out, AllOf(HasSubstr("Connection pool created for " + single.host(0)),
                             HasSubstr("Connection pool closed for " + single.host(0))));
  const Ended structured = monitor(uri, {"--for", "1s", "--format", "log-json"});
  EXPECT_THAT(structured.out, HasSubstr("\"message\":\"Connection pool closed\",\"serverHost\":"
                                        "\"127.0.0.1\""));
}

TEST_F(MonitorOnce, StatsOfAWorkload) {
  const RunningServer single({});
  const Ended ended = monitor("mongodb://" + single.host(0) + "/?maxPoolSize=2",
                              {"--for", "1s", "--workload", "4", "--stats"});
  EXPECT_EQ(ended.status, 0) << ended.error;
  const auto lines = lines_of(ended.out);
  ASSERT_EQ(lines.size(), 3U) << ended.out;
  EXPECT_THAT(lines[2], MatchesRegex(single.host(0) + " +Standalone +ready +0 .* 0"));
}

/// What the program writes on a terminal of 80 columns and 24 lines.
std::string shown_on_terminal(const char* type, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{CMAP_PROGRAM, "monitor"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) std::abort();
  const int program_side = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
  const winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
  if (::ioctl(program_side, TIOCSWINSZ, &size) != 0) std::abort();
  const pid_t process = ::fork();
  if (process == 0) {
    for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) ::dup2(program_side, descriptor);
    ::setenv("TERM", type, 1);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(program_side);
  std::string text;
  std::array<char, 4096> buffer{};
  // At the end of the program reading fails.
  for (ssize_t size_read = 0; (size_read = ::read(terminal, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(size_read));
  }
  ::close(terminal);
  ::waitpid(process, nullptr, 0);
  return text;
}

TEST(Monitor, StatsOnATerminalFitUntilTheLastTable) {
  const RunningServer single({});
  const std::vector<std::string> arguments{"--for", "1500ms",  "--workload",
                                           "1",     "--stats", "mongodb://" + single.host(0) + "/"};
  const std::string live = shown_on_terminal("xterm", arguments);
  const std::size_t last = live.rfind("\x1b[5A\x1b[J");
  ASSERT_NE(last, std::string::npos) << live;
  EXPECT_THAT(live.substr(0, last),
              AllOf(HasSubstr("server                   state  in use queue  check-out"),
                    HasSubstr("left out for want of width: type, gen, ")));
  const std::string whole =
      "server                   type        state  gen avail in use pending queue  check-out     "
      "p50     p99     new     p50     p99  failed\r\n";
  EXPECT_THAT(live.substr(last), AllOf(HasSubstr(whole), Not(HasSubstr("left out"))));
  const std::string dumb = shown_on_terminal("dumb", arguments);
  EXPECT_THAT(dumb, AllOf(HasSubstr(whole), Not(HasSubstr("\x1b")), Not(HasSubstr("left out"))));
}

TEST_F(MonitorOnce, NobodyListens) {
  std::string uri;
  {
    const RunningServer gone({});
    uri = "mongodb://" + gone.host(0) + "/";
  }
  const Ended ended = monitor_until("nobody listens there: is the server running?", uri);
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(ended.error, AllOf(HasSubstr(" is unknown: connection refused (connect): "),
                                 HasSubstr("error: no connection could be established\n"
                                           "       what is said above is why\n")));
}

TEST_F(MonitorOnce, TheServerComesLater) {
  RunningServer single({});
  single.server.kill(0);
  BackgroundProgram monitor("monitor", {"--for", "60s",
                                        "mongodb://" + single.host(0) +
                                            "/?serverSelectionTimeoutMS=100"
                                            "&heartbeatFrequencyMS=500"});
  // The first ping has given up.
  std::string note = monitor.error_line();
  while (!note.empty() && note.find("a ping failed: ") == std::string::npos) {
    note = monitor.error_line();
  }
  EXPECT_THAT(note, Not(IsEmpty()));
  single.server.restart(0);
  EXPECT_THAT(lines_until(monitor, "ConnectionReadyEvent", single.host(0)).back(), Not(IsEmpty()));
  monitor.signal(SIGINT);
  EXPECT_EQ(monitor.wait(), 0);
}

TEST_F(MonitorOnce, TheHostIsUnknown) {
  const Ended ended =
      monitor_until("is the name of the host right?", "mongodb://no-such-host.invalid/");
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.error, HasSubstr("no-such-host.invalid:27017 is unknown: host not found"));
}

TEST_F(MonitorOnce, TheServerIsCutOff) {
  RunningServer stuck({});
  stuck.server.set_fail_point(0, {.mode = sim::FailPoint::Mode::always_on,
                                  .fail_commands = {"hello", "isMaster"},
                                  .block_connection = true,
                                  .block_time = std::chrono::minutes(1)});
  const Ended ended = monitor_until("there is no answer: is the network cut, or the server stuck?",
                                    "mongodb://" + stuck.host(0) + "/?connectTimeoutMS=200");
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.error, HasSubstr(stuck.host(0) + " is unknown: timed out (hello); "));
  // Before the time is over, too.
  EXPECT_EQ(monitor("mongodb://" + stuck.host(0) + "/", {"--for", "300ms"}).error,
            "error: no connection could be established\n"
            "       there was no answer from " +
                stuck.host(0) + ": is the network cut, or the server stuck?\n");
}

TEST_F(MonitorOnce, ThePasswordIsWrong) {
  const RunningServer single(
      {.authentication = true, .users = {{.name = "ada", .password = "pencil"}}});
  const Ended ended = monitor_until("are user name, password and authSource right?",
                                    "mongodb://ada:secret@" + single.host(0) + "/");
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.error, AllOf(HasSubstr(single.host(0) + " is unknown: Authentication failed"),
                                 HasSubstr("error: no connection could be established\n"),
                                 Not(HasSubstr("secret"))));
  EXPECT_THAT(ended.out, HasSubstr("reason: 'connectionError'"));
  const Ended nobody =
      monitor_until("a ping of " + single.host(0) +
                        " failed: Command ping requires authentication; name a user: "
                        "mongodb://USER:PASSWORD@HOST/",
                    "mongodb://" + single.host(0) + "/");
  EXPECT_EQ(nobody.status, 0);  // a connection was established
}

TEST_F(MonitorOnce, TlsIsWrong) {
  const TemporaryFolder folder;
  const auto files = serve::make_test_certificates(folder.path());
  const RunningServer single(
      {.tls = serve::TlsOptions{.certificate_key_file = files.server_key_file}});
  const std::string uri = "mongodb://" + single.host(0) + "/";
  EXPECT_EQ(monitor_until("does it want TLS (tls=true)", uri).status, 1);
  EXPECT_EQ(monitor_until("tlsCAFile names the authority to trust", uri + "?tls=true").status, 1);
  const Ended right =
      monitor(uri + "?tls=true&tlsCAFile=" + files.ca_file.string(), {"--for", "2s"});
  EXPECT_EQ(right.status, 0) << right.error;
  const RunningServer elsewhere(
      {.tls = serve::TlsOptions{.certificate_key_file = files.wrong_host_key_file}});
  EXPECT_EQ(monitor_until(
                "certificate verify failed: hostname mismatch; name the host as its "
                "certificate does; tlsAllowInvalidHostnames=true accepts any",
                "mongodb://" + elsewhere.host(0) + "/?tls=true&tlsCAFile=" + files.ca_file.string())
                .status,
            1);
  const Ended missing = monitor(uri + "?tls=true&tlsCAFile=missing.pem", {"--for", "2s"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.error, HasSubstr("missing.pem"));
}

TEST_F(MonitorOnce, OurCertificateIsMissingOrWrong) {
  const TemporaryFolder folder;
  const auto files = serve::make_test_certificates(folder.path());
  const RunningServer single(
      {.tls = serve::TlsOptions{.certificate_key_file = files.server_key_file,
                                .ca_file = files.ca_file,
                                .require_client_certificate = true}});
  const std::string uri = "mongodb://" + single.host(0) +
                          "/?heartbeatFrequencyMS=500&tls=true&tlsCAFile=" + files.ca_file.string();
  const auto told = [&](const std::string& note, const std::string& option) {
    EXPECT_EQ(monitor_until(note, uri + option).status, 1);
  };
  told("the server demands a certificate: tlsCertificateKeyFile names ours", "");
  told("the server refused our certificate: tlsCertificateKeyFile must name one that it trusts",
       "&tlsCertificateKeyFile=" + files.other_client_key_file.string());
}

TEST_F(MonitorOnce, X509WithoutACertificate) {
  const RunningServer single({});
  const Ended ended =
      monitor_until("does the server know the name in the certificate of tlsCertificateKeyFile?",
                    "mongodb://" + single.host(0) + "/?authMechanism=MONGODB-X509");
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.error, StartsWith("note: authMechanism=MONGODB-X509 needs tls=true and "
                                      "tlsCertificateKeyFile\n"));
}

TEST_F(MonitorOnce, TheReplicaSetIsAnother) {
  const RunningServer set({.ports = {0, 0, 0}, .replica_set = "rs"});
  const Ended ended =
      monitor_until(" is left out: ", "mongodb://" + set.host(0) + "/?replicaSet=other");
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.error, set.host(0) + " is RSPrimary\n" + set.host(0) +
                             " is left out: it is a member of the replica set rs, but replicaSet "
                             "is other\n"
                             "error: no connection could be established\n"
                             "       what is said above is why\n");
}

TEST_F(MonitorOnce, ThereIsNoLoadBalancer) {
  const RunningServer single({});
  const Ended ended = monitor_until("leave out loadBalanced=true",
                                    "mongodb://" + single.host(0) + "/?loadBalanced=true");
  EXPECT_EQ(ended.status, 1);
}

TEST_F(MonitorOnce, TheLogGoesWhereTheVariablesSay) {
  const RunningServer single({});
  const std::string uri = "mongodb://" + single.host(0) + "/";
  const std::string closed = "[debug] connection: Connection pool closed for " + single.host(0);
  const auto logged = [&](const std::string& variables) {
    return program.run({"monitor", "--for", "1s", "--format", "log", uri}, variables);
  };
  EXPECT_EQ(logged("MONGODB_LOG_ALL=error").out, "");
  const std::string topology = logged("MONGODB_LOG_ALL=off MONGODB_LOG_TOPOLOGY=debug").out;
  EXPECT_THAT(topology,
              AllOf(HasSubstr("[debug] topology: Heartbeat succeeded in "),
                    HasSubstr(" ms for " + single.host(0) +
                              " on connection with driver-generated ID 1 and "
                              "server-generated ID "),
                    Not(HasSubstr("] connection: ")), Not(HasSubstr("] serverSelection: "))));
  EXPECT_THAT(logged("MONGODB_LOG_ALL=off MONGODB_LOG_SERVER_SELECTION=debug").out,
              AllOf(HasSubstr("[debug] serverSelection: Server selection started for operation "
                              "ping. Selector: "),
                    Not(HasSubstr("] topology: "))));
  const Ended ignored = logged("MONGODB_LOG_CONNECTION=loud");
  EXPECT_THAT(ignored.out, HasSubstr(closed));
  EXPECT_THAT(ignored.error, HasSubstr("warning: MONGODB_LOG_CONNECTION=loud is ignored: "));
  EXPECT_THAT(logged("MONGODB_LOG_PATH=stderr").error, HasSubstr(closed));
  EXPECT_EQ(logged("MONGODB_LOG_PATH=log.txt").out, "");
  EXPECT_THAT(program.folder().read("log.txt"), HasSubstr(closed));
  const Ended elsewhere = logged("MONGODB_LOG_PATH=no-such-folder/log.txt");
  EXPECT_THAT(elsewhere.error,
              AllOf(HasSubstr("warning: MONGODB_LOG_PATH=no-such-folder/log.txt cannot be opened"),
                    HasSubstr(closed)));
}

TEST_F(MonitorOnce, ALogThatCannotBeWrittenIsAnError) {
  const RunningServer single({});
  const Ended ended = program.run(
      {"monitor", "--for", "60s", "--format", "log", "mongodb://" + single.host(0) + "/"},
      "MONGODB_LOG_PATH=/dev/full timeout 20");
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(ended.error, single.host(0) +
                             " is Standalone\n"
                             "error: cannot write /dev/full: No space left on device\n"
                             "       MONGODB_LOG_PATH must name a file that can be written\n");
}

TEST_F(MonitorOnce, OnlyTextGoesToAFile) {
  const RunningServer single({});
  for (const char* format : {"node", "log-json"}) {
    const auto logged = [&](const std::string& path) {
      return program.run(
          {"monitor", "--for", "200ms", "--format", format, "mongodb://" + single.host(0) + "/"},
          "MONGODB_LOG_PATH=" + path);
    };
    EXPECT_THAT(logged("log.txt").out, HasSubstr("127.0.0.1")) << format;
    EXPECT_FALSE(std::filesystem::exists(program.folder().path() / "log.txt")) << format;
    EXPECT_THAT(logged("no-such-folder/log.txt").error, Not(HasSubstr("warning"))) << format;
  }
}

TEST_F(MonitorOnce, EndsWhenNobodyReads) {
  const RunningServer single({});
  for (const char* format : {"node", "log"}) {
    // `timeout` ends with 124 where the program does not end by itself.
    program.run(
        {"monitor", "--for", "60s", "--format", format, "mongodb://" + single.host(0) + "/"},
        "timeout 20", "2>/dev/null; echo $? >status; } | { head -1");
    EXPECT_EQ(program.folder().read("status"), "0\n") << format;
  }
}

TEST_F(MonitorOnce, WrongUse) {
  EXPECT_THAT(monitor("mongodb+srv://u:secret@h/").error,
              AllOf(HasSubstr("mongodb+srv is not supported"), Not(HasSubstr("secret"))));
  EXPECT_THAT(monitor("mongodb://h", {"--format", "xml"}).error, HasSubstr("expected node, json"));
  EXPECT_THAT(monitor("mongodb://h", {"--workload", "0"}).error, HasSubstr("--workload"));
  EXPECT_THAT(monitor("mongodb://h", {"--stats", "--format", "json"}).error,
              HasSubstr("exclude each other"));
  EXPECT_EQ(program.run({"monitor"}).status, 2);
}

}  // namespace
}  // namespace cmap::tools
