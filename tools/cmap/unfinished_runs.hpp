// The runs that are being made: when one of them ends the program, they can be saved, or told of.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <set>

namespace cmap::tools {

class UnfinishedRuns {
 public:
  /// `save`: a run by its number, without making it. Called from any thread.
  explicit UnfinishedRuns(std::function<void(std::uint64_t)> save) : save_(std::move(save)) {}

  /// It is being made by this thread while this lives.
  class Run {
   public:
    Run(UnfinishedRuns& all, std::uint64_t number);
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

   private:
    UnfinishedRuns& all_;
    const std::uint64_t number_;
  };

  /// All of them. Thread-safe.
  void save_all();
  /// The one of the calling thread, if it makes any: from the handler of its crash.
  void save_own() const;

 private:
  const std::function<void(std::uint64_t)> save_;
  std::mutex mutex_;
  std::set<std::uint64_t> numbers_;  ///< guarded by mutex_
};

}  // namespace cmap::tools
