// `cmap monitor` at work: a client, pings, signals, and the order of the end.
#include "tools/cmap/monitor_run.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/io_threads.hpp"
#include "pool/asio/network_options.hpp"
#include "pool/asio/steady_time.hpp"
#include "pool/client/client.hpp"
#include "tools/cmap/commands.hpp"
#include "tools/cmap/interruption.hpp"
#include "tools/cmap/monitor_output.hpp"
#include "tools/cmap/workload.hpp"

namespace cmap::tools {
namespace {

using std::chrono::milliseconds;

/// Of now: what tells the time of day from the clock of the pools.
Duration wall_minus_steady() {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<Duration>(wall) - steady_now().time_since_epoch();
}

class Monitoring {
 public:
  Monitoring(const MonitorCommand& command, Console& console)
      : command_(command),
        output_(command, console, steady_now(), wall_minus_steady()),
        environment_(threads_, network_options(command.connection)),
        client_(command.connection.hosts, command.connection.options, environment_,
                {.listeners = {
                     {.pool = [this](const Event& event) { output_.pool_event(event); },
                      .topology =
                          [this](const TopologyEvent& event) { output_.topology_event(event); }},
                     output_.log_listener()}}) {}

  ExitStatus run() {
    client_.open();
    {
      Workload pings(client_, command_.connection.options.read_preference, command_.workload,
                     [this](const Error& error) { output_.ping_failed(error); });
      wait_for_end();
      output_.show_last_table(steady_now());
      // Those that are under way may end, but nobody waits for a server that is stuck.
      pings.stop();
      pings.wait_for_end(patience);
      output_.begin_closing();
      client_.close();
    }
    // It has ended before its time: whether there was a connection says nothing.
    if (!output_.finish_log()) return ExitStatus::bad_use;
    if (output_.has_connected()) return ExitStatus::good;
    output_.say_not_connected();
    return ExitStatus::failed;
  }

 private:
  static constexpr milliseconds patience{500};
  static constexpr milliseconds between_looks{1000};

  void wait_for_end() {
    const TimePoint begin = steady_now();
    for (;;) {
      const Duration passed = steady_now() - begin;
      Duration wait = between_looks;
      if (command_.time) wait = std::min(wait, *command_.time - passed);
      if (wait <= Duration::zero() || !output_.is_read()) return;
      if (wait_for_interruption(std::chrono::ceil<milliseconds>(wait))) return;
      output_.refresh(steady_now());
    }
  }

  const MonitorCommand& command_;
  MonitorOutput output_;
  IoThreads threads_;
  AsioEnvironment environment_;
  Client client_;
};

}  // namespace

ExitStatus monitor(MonitorCommand command, Console& console) {
  // Before there are threads.
  hold_interruption();
  std::optional<Monitoring> monitoring;
  try {
    monitoring.emplace(command, console);
  } catch (const std::exception& error) {
    // An option that cannot be used, such as a CA file that is not there.
    throw BadUse(error.what());
  }
  return monitoring->run();
}

}  // namespace cmap::tools
