// Callers that come again, wait in line, give up, or check in what is not theirs.
#include <array>
#include <string>

#include "fuzz/families.hpp"
#include "fuzz/family_parts.hpp"

namespace cmap::fuzz {
namespace {

/// What bounds a check-out, and whom it bounds.
enum class Limit : std::uint8_t { deadline, queue_timeout, at_once };
constexpr std::array limits = {Limit::deadline, Limit::queue_timeout, Limit::at_once};

const char* limit_name(Limit limit) {
  switch (limit) {
    case Limit::deadline:
      return "deadline";
    case Limit::queue_timeout:
      return "queue-timeout";
    case Limit::at_once:
      return "deadline-now";
  }
  return "?";
}

/// A deadline is the first client's own; the queue's timeout is everybody's.
void add_bounded_clients(Configuration& configuration, std::uint32_t count, Limit limit,
                         const Operations& in_use) {
  configuration.say(limit_name(limit));
  sim::CheckOut first;
  if (limit == Limit::deadline) first.timeout = moment;
  if (limit == Limit::at_once) first.timeout = Duration(0);
  if (limit == Limit::queue_timeout) configuration.options().wait_queue_timeout = moment;
  configuration.add_client(first, in_use);
  add_clients(configuration, count - 1, in_use);
}

}  // namespace

std::vector<sim::Scenario> reuse_family() {
  std::vector<sim::Scenario> all;
  for (const Size& size : small_sizes) {
    for (const bool runs : {false, true}) {
      for (const Fault fault : {Fault::none, Fault::late, Fault::peer_closes}) {
        for (const Lifecycle& lifecycle : lifecycles({"", "clear-ready", "close"})) {
          const bool is_large = runs && size.connections > 1;
          if (is_large && !lifecycle.operations.empty()) continue;
          Configuration configuration = configuration_of("reuse", size);
          if (runs) configuration.say("runs");
          if (runs) let_runs_come(configuration);
          for (std::uint32_t i = 0; i < size.threads; ++i) configuration.add_patient_client(2);
          configuration.add_fault(fault);
          configuration.add_lifecycle(lifecycle);
          all.push_back(configuration.scenario());
        }
      }
    }
  }
  return all;
}

std::vector<sim::Scenario> waiters_family() {
  constexpr std::array sizes = {Size{3, 1}, Size{3, 2}, Size{3, 3}, Size{4, 1}};
  std::vector<sim::Scenario> all;
  for (const Size& size : sizes) {
    for (const Fault fault : {Fault::none, Fault::late, Fault::refused, Fault::refused_late,
                              Fault::not_authenticated}) {
      for (const Lifecycle& lifecycle : lifecycles({"", "clear", "close"})) {
        if (size.threads > 3 && !lifecycle.operations.empty()) continue;
        Configuration configuration = configuration_of("waiters", size);
        configuration.options().max_connecting = 1;
        add_clients(configuration, size.threads);
        configuration.add_fault(fault);
        configuration.add_lifecycle(lifecycle);
        all.push_back(configuration.scenario());
      }
    }
  }
  return all;
}

std::vector<sim::Scenario> unlimited_family() {
  std::vector<sim::Scenario> all;
  for (const std::uint32_t threads : {1U, 2U, 3U}) {
    for (const std::uint32_t connections : {0U, 1U}) {
      for (const Fault fault : {Fault::none, Fault::late}) {
        Configuration configuration = configuration_of("unlimited", {threads, connections});
        configuration.options().max_idle_time = Duration(0);
        configuration.options().wait_queue_timeout = Duration(0);
        add_returning_client(configuration, moment, moment);
        add_clients(configuration, threads - 1, {sim::Wait{moment}});
        configuration.add_fault(fault);
        all.push_back(configuration.scenario());
      }
    }
  }
  return all;
}

std::vector<sim::Scenario> deadlines_family() {
  std::vector<sim::Scenario> all;
  for (const Size& size : queue_sizes) {
    for (const Limit limit : limits) {
      for (const Fault fault : {Fault::none, Fault::late, Fault::refused_late, Fault::hangs}) {
        for (const bool holds : {false, true}) {
          Configuration configuration = configuration_of("deadlines", size);
          Operations in_use;
          if (holds) in_use.emplace_back(sim::Wait{moment});
          if (holds) configuration.say("holds");
          add_bounded_clients(configuration, size.threads, limit, in_use);
          configuration.add_fault(fault);
          all.push_back(configuration.scenario());
        }
      }
    }
  }
  return all;
}

std::vector<sim::Scenario> cancellation_family() {
  std::vector<sim::Scenario> all;
  for (const Size& size : queue_sizes) {
    for (const Fault fault : {Fault::none, Fault::late, Fault::refused_late}) {
      for (std::uint32_t cancelled = 1; cancelled <= std::min(size.threads, 2U); ++cancelled) {
        Configuration configuration = configuration_of("cancellation", size);
        configuration.say("cancels-" + std::to_string(cancelled));
        Operations cancels;
        for (std::uint32_t i = 0; i < size.threads; ++i) {
          const sim::LabelIndex label = configuration.add_client();
          if (i < cancelled) cancels.emplace_back(sim::Cancel{label});
        }
        configuration.add_thread("canceller", cancels);
        configuration.add_fault(fault);
        all.push_back(configuration.scenario());
      }
    }
  }
  return all;
}

std::vector<sim::Scenario> check_ins_family() {
  std::vector<sim::Scenario> all;
  for (const Size& size : small_sizes) {
    for (const bool foreign : {false, true}) {
      for (const Fault fault : {Fault::none, Fault::late}) {
        for (const Lifecycle& lifecycle : lifecycles({"", "clear", "close"})) {
          const bool is_large = foreign && size.connections > 1;
          if (is_large && !lifecycle.operations.empty()) continue;
          Configuration configuration = configuration_of("check-ins", size);
          configuration.say(foreign ? "foreign" : "again");
          const sim::LabelIndex label = configuration.add_label();
          Operations client = {sim::CheckOut{.label = label}, sim::CheckIn{label}};
          if (!foreign) client.emplace_back(sim::CheckInAgain{label});
          configuration.add_thread("client", client);
          add_clients(configuration, size.threads - 1);
          if (foreign) configuration.add_thread("other", {sim::CheckInForeign{}});
          configuration.add_fault(fault);
          configuration.add_lifecycle(lifecycle);
          all.push_back(configuration.scenario());
        }
      }
    }
  }
  return all;
}

}  // namespace cmap::fuzz
