// Puts a small scenario together: threads that main starts at once and waits for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario.hpp"

namespace cmap::fuzz {

using Operations = std::vector<sim::OperationBody>;

/// How long whatever takes time takes: what meets in one instant can come in either order.
inline constexpr Duration moment = std::chrono::milliseconds(50);

/// What becomes of an establishment, or of its connection.
enum class Fault : std::uint8_t {
  none,
  refused,            ///< at once; clears nothing (A-POOL-6)
  hangs,              ///< until an establishment timeout of two moments
  late,               ///< succeeds after a moment
  not_authenticated,  ///< at once; clears the pool
  peer_closes,        ///< a thread of the peer's ends it at any time
  refused_late,       ///< after a moment
  no_such_name,       ///< at once, before there is a peer; clears the pool
};
/// "refused", "peer-closes"; "" for none.
const char* fault_name(Fault fault);

/// What is done to the pool by a thread of its own.
struct Lifecycle {
  const char* name;  ///< "clear-ready"; "" for nothing
  Operations operations;
};
/// Sequences of up to `longest` (at most 3) operations, the short ones first.
std::vector<Lifecycle> lifecycles(std::size_t longest);
/// Those of all the above that have these names, in this order.
std::vector<Lifecycle> lifecycles(const std::vector<std::string>& names);

/// Name and scenario grow together, so that no two configurations of a kind have the same name.
class Configuration {
 public:
  /// `kind`: "" or what stands before "2 threads, 1 connections:", the number of clients to come
  /// and maxPoolSize. There are no background Runs.
  Configuration(const std::string& kind, std::uint32_t threads, std::uint32_t max_pool_size,
                const std::string& more = "");

  /// Adds it to the name, behind a space; nothing if it is empty.
  void say(const std::string& word);
  [[nodiscard]] sim::LabelIndex add_label();
  /// A thread that checks a connection out and in again; while it has it, it does `in_use`. Its
  /// label is that of `check_out`, or a new one.
  sim::LabelIndex add_client(const sim::CheckOut& check_out = {}, const Operations& in_use = {});
  /// One that does so several times.
  void add_patient_client(std::uint32_t check_outs);
  /// A thread goes on after the error of what may fail in any order of things, and ends at that of
  /// anything else.
  void add_thread(const std::string& name, const Operations& operations);
  void add_lifecycle(const Lifecycle& lifecycle);
  /// Of the next establishment that is not scripted yet.
  void add_fault(Fault fault);

  /// For what has no function here. Threads are added by the functions only.
  [[nodiscard]] sim::Scenario& parts() { return scenario_; }
  [[nodiscard]] PoolOptions& options() { return scenario_.options; }

  /// Main makes the pool ready, lets the others go and waits for them, whatever comes of them.
  [[nodiscard]] sim::Scenario scenario();

 private:
  sim::Scenario scenario_;
  std::uint32_t clients_ = 1;
};

}  // namespace cmap::fuzz
