// `cmap serve` at work: the line that says where it listens, signals, and what it tells people.
#include "tools/cmap/serve_run.hpp"

#include <csignal>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "sim/real/serve/certificates.hpp"
#include "sim/real/serve/server.hpp"
#include "tools/cmap/commands.hpp"
#include "tools/cmap/json_text.hpp"

namespace cmap::tools {
namespace {

namespace fs = std::filesystem;

/// A connection takes a descriptor; most systems give 1024 until somebody asks for more.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Blocked in every thread, so that one thread can wait for them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

std::string as_uri_value(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";
  constexpr std::string_view hexadecimal = "0123456789ABCDEF";
  std::string value;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      value += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    value += '%';
    value += hexadecimal[byte >> 4];
    value += hexadecimal[byte & 15];
  }
  return value;
}

std::string advice_on_path(std::error_code code, const fs::path& path) {
  if (code == std::errc::address_in_use) {
    std::error_code ignored;
    return fs::symlink_status(path, ignored).type() == fs::file_type::socket
               ? "a server listens there: end it, or name another path"
               : "what is there is no socket: name another path";
  }
  if (code == std::errc::no_such_file_or_directory) return "the folder must be there";
  if (code == std::errc::filename_too_long) return "name a shorter path";
  if (code == std::errc::permission_denied) return "name a path where you may write";
  return "";
}

std::string advice_on_port(std::error_code code, std::size_t ports) {
  if (code == std::errc::address_not_available) return "--bind takes an address of this machine";
  if (code != std::errc::address_in_use && code != std::errc::permission_denied) return "";
  if (ports == 1) return "--port 0 takes any port that is free";
  std::string zeros = "0";
  for (std::size_t i = 1; i < ports; ++i) zeros += ",0";
  return "--ports " + zeros + " takes any ports that are free";
}

class Serving {
 public:
  Serving(ServeOptions options, Console& console)
      : options_(std::move(options)), console_(console) {
    if (options_.tls_folder) make_certificates();
  }

  ExitStatus run() {
    raise_descriptor_limit();
    const sigset_t signals = block_signals();
    serve::Server server = make_server();
    try {
      server.start();
    } catch (const serve::CannotListen& error) {
      const serve::ServerOptions& asked = options_.server;
      throw BadUse(error.what(), error.on_unix_socket()
                                     ? advice_on_path(error.code(), *asked.unix_socket)
                                     : advice_on_port(error.code(), asked.ports.size()));
    } catch (const std::runtime_error& error) {
      throw BadUse(error.what());
    }
    say_ready(server);
    for (int signal = 0; sigwait(&signals, &signal) == 0;) {
      if (signal == SIGINT || signal == SIGTERM) break;
      signal == SIGUSR1 ? kill_primary(server) : restart_all(server);
    }
    server.stop();
    return ExitStatus::good;
  }

 private:
  void make_certificates() {
    try {
      const auto files = serve::make_test_certificates(fs::absolute(*options_.tls_folder));
      serve::TlsOptions& tls = *options_.server.tls;
      if (tls.certificate_key_file.empty()) tls.certificate_key_file = files.server_key_file;
      if (!tls.ca_file) tls.ca_file = files.ca_file;
      ca_file_ = files.ca_file.string();
    } catch (const std::runtime_error& error) {
      throw BadUse(error.what(), "--tls-make needs a folder that it can write to");
    }
  }

  serve::Server make_server() {
    serve::Hooks hooks;
    if (options_.verbose) {
      hooks.observe = [this](const serve::Activity& activity) { report(activity); };
    }
    hooks.shut_down = [this](std::size_t member) { shut_down(member); };
    try {
      return serve::Server(options_.server, std::move(hooks));
    } catch (const std::invalid_argument& error) {
      throw BadUse(error.what());
    } catch (const std::runtime_error& error) {
      throw BadUse(error.what(), "certificates are PEM files; --tls-make DIR makes some");
    }
  }

  void say_ready(const serve::Server& server) {
    std::string uri = server.uri();
    if (!ca_file_.empty()) uri += "&tlsCAFile=" + as_uri_value(ca_file_);
    const auto ports = server.ports();
    std::string line = "listening on " + uri;
    if (options_.json) {
      JsonObject object;
      object.add("uri", uri).add("pid", std::int64_t{::getpid()});
      if (!ports.empty()) object.add("port", std::uint32_t{ports.front()});
      if (!ca_file_.empty()) object.add("ca_file", ca_file_);
      line = object.text();
    }
    line += '\n';
    const std::lock_guard lock(console_mutex_);
    console_.out().write(line);
    console_.out().flush();
  }

  void note(const std::string& text) {
    if (options_.quiet) return;
    const std::lock_guard lock(console_mutex_);
    console_.warn(text + '\n');
  }

  void report(const serve::Activity& activity) {
    std::string text = "#" + std::to_string(activity.peer.connection);
    if (options_.server.replica_set) text += " member " + std::to_string(activity.peer.member);
    switch (activity.kind) {
      case serve::Activity::Kind::connected:
        text += " connected from port " + std::to_string(activity.peer.port);
        break;
      case serve::Activity::Kind::answered:
        text += ' ' + activity.peer.command + ": " + activity.outcome;
        break;
      case serve::Activity::Kind::disconnected:
        text += " disconnected";
        break;
    }
    note(text);
  }

  void kill_primary(serve::Server& server) {
    const auto primary = server.primary();
    if (!primary) return note("there is no primary to kill");
    server.kill(*primary);
    note("killed member " + std::to_string(*primary));
  }

  void restart_all(serve::Server& server) {
    for (std::size_t i = 0; i < server.ports().size(); ++i) server.restart(i);
    note("restarted what was killed");
  }

  void shut_down(std::size_t member) {
    note("member " + std::to_string(member) + " was shut down");
    // A single server that is shut down is no server any more.
    if (!options_.server.replica_set) ::kill(::getpid(), SIGTERM);
  }

  ServeOptions options_;
  Console& console_;
  std::mutex console_mutex_;
  std::string ca_file_;
};

}  // namespace

ExitStatus run_server(ServeOptions options, Console& console) {
  return Serving(std::move(options), console).run();
}

}  // namespace cmap::tools
