// The command `cmap serve`: its options, what they may be, its help.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "tools/cmap/arguments.hpp"
#include "tools/cmap/commands.hpp"
#include "tools/cmap/serve_run.hpp"

namespace cmap::tools {
namespace {

constexpr const char* serve_about = "Run a small MongoDB server on loopback";

constexpr const char* serve_details = R"(
It keeps documents in memory, up to 64 MiB. It knows hello, ping, insert, find (by equality),
getMore, delete, count, create, drop, configureFailPoint (failCommand), SCRAM, X.509 and what
drivers ask besides; all else is answered with code 59, CommandNotFound.

When it listens it prints one line on standard output. SIGINT, SIGTERM and the command shutdown end
it. In a replica set shutdown kills the member that it is sent to, SIGUSR1 kills the primary, and
SIGUSR2 restarts every member that was killed; {cmapRestart: "HOST:PORT"} restarts one, sent to any
other. Without a replica set SIGUSR1 closes the port until SIGUSR2.

Examples:
  cmap serve                                   on port 27017
  cmap serve --port 0 --json                   on any port; the line has it
  cmap serve --replica-set rs --ports 31000,31001,31002 --step-down-after 5
  cmap serve --auth --user ada:secret
  cmap serve --tls-make certificates           makes ca.pem, server.pem, client.pem and more
  cmap serve --load-balanced --services 2

Exit status: 0 it was ended; 2 wrong use, or it cannot listen.)";

/// The command line as it was written.
struct ServeArguments {
  std::optional<std::string> port, ports, services, step_down_after;
  std::string bind = "127.0.0.1";
  std::optional<std::string> unix_socket, replica_set, key_file, ca_file, tls_folder;
  std::vector<std::string> users;
  bool load_balanced = false;
  bool auth = false;
  bool require_client_certificate = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

void add_places(CLI::App& command, ServeArguments& arguments) {
  command.add_option("--port", arguments.port, "where to listen (default 27017); 0: any free port")
      ->type_name("N");
  command.add_option("--ports", arguments.ports, "one port for each member of the replica set")
      ->type_name("A,B,C");
  command.add_option("--bind", arguments.bind, "the address to listen on (default 127.0.0.1)")
      ->type_name("IP");
  command
      .add_option("--unix", arguments.unix_socket,
                  "listen on this Unix socket; with a port only if one is named")
      ->type_name("PATH");
}

void add_deployment(CLI::App& command, ServeArguments& arguments) {
  command.add_option("--replica-set", arguments.replica_set, "be a replica set of this name")
      ->type_name("NAME");
  command
      .add_option("--step-down-after", arguments.step_down_after,
                  "the primary steps down, once, and another member is elected")
      ->type_name("SECONDS");
  command.add_flag("--load-balanced", arguments.load_balanced,
                   "be a load balancer with mongos behind it");
  command.add_option("--services", arguments.services, "how many of them (default 1)")
      ->type_name("N");
}

void add_security(CLI::App& command, ServeArguments& arguments) {
  command.add_flag("--auth", arguments.auth, "refuse commands without authentication");
  command
      .add_option("--user", arguments.users,
                  "a user of the database admin, for both kinds of SCRAM;\nmay be given again")
      ->allow_extra_args(false)
      ->type_name("NAME:PASSWORD");
  command
      .add_option("--tls-certificate-key-file", arguments.key_file,
                  "use TLS with this certificate and private key")
      ->type_name("FILE");
  command
      .add_option("--tls-ca-file", arguments.ca_file,
                  "ask clients for a certificate that this authority signed")
      ->type_name("FILE");
  command.add_flag("--tls-require-client-certificate", arguments.require_client_certificate,
                   "refuse clients without one");
  command
      .add_option("--tls-make", arguments.tls_folder,
                  "use TLS with test certificates; they are made in this\n"
                  "folder unless they are there")
      ->type_name("DIR");
}

void add_lines(CLI::App& command, ServeArguments& arguments) {
  command.add_flag("--json", arguments.json, "the line that says where it listens as JSON");
  command.add_flag("--quiet", arguments.quiet, "that line and no other");
  command.add_flag("--verbose", arguments.verbose,
                   "every connection and command, on standard error");
}

std::vector<std::uint16_t> ports_of(std::string_view option, std::string_view text) {
  std::vector<std::uint16_t> ports;
  for (std::string_view rest = text; ports.empty() || !rest.empty();) {
    const std::size_t comma = rest.find(',');
    const auto port = number_of<std::uint16_t>(rest.substr(0, comma));
    const bool ends_badly = comma != std::string_view::npos && comma + 1 == rest.size();
    if (!port || ends_badly || (option == "--port" && comma != std::string_view::npos)) {
      throw BadUse(unexpected(option, text,
                              option == "--port" ? "a number from 0 to 65535"
                                                 : "numbers from 0 to 65535, with commas"));
    }
    ports.push_back(*port);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return ports;
}

void set_places(const ServeArguments& arguments, serve::ServerOptions& server) {
  if (arguments.port && arguments.ports) throw BadUse("--port and --ports exclude each other");
  server.bind = arguments.bind;
  if (arguments.unix_socket) server.unix_socket = *arguments.unix_socket;
  if (arguments.port) {
    server.ports = ports_of("--port", *arguments.port);
  } else if (arguments.ports) {
    server.ports = ports_of("--ports", *arguments.ports);
  } else if (arguments.unix_socket) {
    server.ports.clear();
  } else {
    server.ports = {27017};
  }
}

void set_deployment(const ServeArguments& arguments, serve::ServerOptions& server) {
  server.replica_set = arguments.replica_set;
  server.load_balanced = arguments.load_balanced;
  if (const auto& text = arguments.services) {
    const auto count = number_of<std::uint16_t>(*text);
    if (!count || *count == 0) throw BadUse(unexpected("--services", *text, "a number from 1"));
    if (!server.load_balanced) throw BadUse("--services needs --load-balanced");
    server.services = *count;
  }
  if (const auto& text = arguments.step_down_after) {
    const auto seconds = number_of<double>(*text);
    if (!seconds || !(*seconds >= 0 && *seconds <= 1e6)) {
      throw BadUse(unexpected("--step-down-after", *text, "a number of seconds"));
    }
    if (!server.replica_set) throw BadUse("--step-down-after needs --replica-set");
    server.step_down_after =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*seconds));
  }
}

void set_security(const ServeArguments& arguments, serve::ServerOptions& server) {
  server.authentication = arguments.auth;
  for (const std::string& user : arguments.users) {
    const std::size_t colon = user.find(':');
    if (colon == std::string::npos || colon == 0) {
      throw BadUse(unexpected("--user", user.substr(0, colon), "NAME:PASSWORD"));
    }
    server.users.push_back({.name = user.substr(0, colon), .password = user.substr(colon + 1)});
  }
  const bool has_tls = arguments.key_file || arguments.tls_folder;
  if (has_tls) {
    serve::TlsOptions& tls = server.tls.emplace();
    if (arguments.key_file) tls.certificate_key_file = *arguments.key_file;
    if (arguments.ca_file) tls.ca_file = *arguments.ca_file;
    tls.require_client_certificate = arguments.require_client_certificate;
  }
  if ((arguments.ca_file || arguments.require_client_certificate) && !has_tls) {
    throw BadUse("TLS needs a certificate of the server",
                 "add --tls-certificate-key-file FILE, or --tls-make DIR");
  }
}

ServeOptions checked_serve(const ServeArguments& arguments) {
  ServeOptions options{
      .json = arguments.json, .quiet = arguments.quiet, .verbose = arguments.verbose};
  if (arguments.quiet && arguments.verbose) {
    throw BadUse("--quiet and --verbose exclude each other");
  }
  set_places(arguments, options.server);
  set_deployment(arguments, options.server);
  set_security(arguments, options.server);
  if (arguments.tls_folder) options.tls_folder = *arguments.tls_folder;
  return options;
}

}  // namespace

Command add_serve(CLI::App& program) {
  CLI::App* command = program.add_subcommand("serve", serve_about);
  command->footer(serve_details);
  const auto arguments = std::make_shared<ServeArguments>();
  add_places(*command, *arguments);
  add_deployment(*command, *arguments);
  add_security(*command, *arguments);
  add_lines(*command, *arguments);
  return {command,
          [arguments](Console& console) { return run_server(checked_serve(*arguments), console); }};
}

}  // namespace cmap::tools
