// Example: how to put another pool under the scenarios. The pool here is a naive one (a stack of
// connections, no limits, no queue, no background thread); replace it by an adapter to yours.
//
//     build/release/example_another_pool [PATH...]      (default: the embedded scenarios)
#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "pool/api/events.hpp"
#include "sim/pool_under_test.hpp"
#include "spec-tests/collect.hpp"
#include "spec-tests/runner.hpp"

namespace {

using namespace cmap;  // for an example

class NaivePool final : public sim::PoolUnderTest, public TransportListener {
 public:
  /// Time, timers and connections come from the environment: in simulation the clock is virtual and
  /// the peers are scripted.
  NaivePool(const sim::PoolSetup& setup, Environment& environment)
      : setup_(setup),
        environment_(environment),
        transport_(environment.make_transport(setup.address, *this)) {
    emit(ConnectionPoolCreatedEvent{
        std::make_shared<const PoolOptions>(non_default(setup.options))});
  }

  void ready(Done done) override {
    if (state_ == PoolState::paused) {
      state_ = PoolState::ready;
      emit(ConnectionPoolReadyEvent{});
    }
    done(nullptr);
  }

  void clear(const ClearRequest& request, Done done) override {
    if (state_ == PoolState::ready) {
      state_ = PoolState::paused;
      emit(ConnectionPoolClearedEvent{
          .service_id = std::nullopt,
          .interrupt_in_use_connections = request.interrupt_in_use_connections});
      close_available(ConnectionClosedReason::stale);
    }
    done(nullptr);
  }

  void close(Done done) override {
    if (state_ != PoolState::closed) {
      state_ = PoolState::closed;
      close_available(ConnectionClosedReason::pool_closed);
      emit(ConnectionPoolClosedEvent{});
    }
    done(nullptr);
  }

  std::uint64_t check_out(const CheckOutRequest&, CheckOutDone done) override {
    const CheckOutId id = last_check_out_ = next(last_check_out_);
    emit(ConnectionCheckOutStartedEvent{id});
    if (state_ != PoolState::ready) {
      const bool closed = state_ == PoolState::closed;
      ErrorPtr error =
          closed ? pool_closed_error(setup_.address) : pool_cleared_error(setup_.address, nullptr);
      emit(ConnectionCheckOutFailedEvent{
          closed ? CheckOutFailedReason::pool_closed : CheckOutFailedReason::connection_error,
          Duration::zero(), id, error});
      done({.checked_out = {}, .error = std::move(error)});
    } else if (!available_.empty()) {
      const ConnectionId connection = available_.back();
      available_.pop_back();
      hand_out(connection, {id, environment_.now(), std::move(done)});
    } else {
      const ConnectionId connection = last_connection_ = next(last_connection_);
      emit(ConnectionCreatedEvent{connection});
      pending_[connection] = {id, environment_.now(), std::move(done)};
      transport_->establish({.id = connection});
    }
    return static_cast<std::uint64_t>(id);
  }

  void check_in(const sim::CheckedOut& checked_out, Done done) override {
    emit(ConnectionCheckedInEvent{checked_out.connection});
    if (state_ == PoolState::closed) {
      close_connection(checked_out.connection, ConnectionClosedReason::pool_closed);
    } else {
      available_.push_back(checked_out.connection);
    }
    done(nullptr);
  }

  void hello_completed(ConnectionRef, std::optional<ServiceId>) override {}

  void established(ConnectionRef connection) override {
    const auto found = pending_.find(connection.id);
    if (found == pending_.end()) return;
    Requester requester = std::move(found->second);
    pending_.erase(found);
    emit(ConnectionReadyEvent{connection.id, environment_.now() - requester.started});
    hand_out(connection.id, std::move(requester));
  }

  void failed(ConnectionRef connection, ErrorPtr error) override {
    const auto found = pending_.find(connection.id);
    if (found == pending_.end()) return;
    Requester requester = std::move(found->second);
    pending_.erase(found);
    close_connection(connection.id, ConnectionClosedReason::error);
    emit(ConnectionCheckOutFailedEvent{CheckOutFailedReason::connection_error,
                                       environment_.now() - requester.started, requester.id,
                                       error});
    requester.done({.checked_out = {}, .error = std::move(error)});
  }

  void transport_closed(ConnectionRef) override {}

 private:
  struct Requester {
    CheckOutId id = CheckOutId::none;
    TimePoint started;
    CheckOutDone done;
  };

  void emit(EventBody body) {
    setup_.listener(Event{setup_.address, environment_.now(), PoolCounts{}, std::move(body)});
  }

  void hand_out(ConnectionId connection, Requester requester) {
    emit(ConnectionCheckedOutEvent{connection, environment_.now() - requester.started,
                                   requester.id});
    requester.done({.checked_out = {.connection = connection}, .error = nullptr});
  }

  void close_connection(ConnectionId connection, ConnectionClosedReason reason) {
    emit(ConnectionClosedEvent{connection, reason, nullptr});
    transport_->close({.id = connection}, TransportClose::graceful);
  }

  void close_available(ConnectionClosedReason reason) {
    for (const ConnectionId connection : std::exchange(available_, {})) {
      close_connection(connection, reason);
    }
  }

  const sim::PoolSetup setup_;
  Environment& environment_;
  const std::unique_ptr<Transport> transport_;
  PoolState state_ = PoolState::paused;
  ConnectionId last_connection_ = ConnectionId::none;
  CheckOutId last_check_out_ = CheckOutId::none;
  std::vector<ConnectionId> available_;
  std::map<ConnectionId, Requester> pending_;
};

int replay(const spec_tests::Collection& collection) {
  const sim::PoolFactory naive_pool = [](const sim::PoolSetup& setup, Environment& environment) {
    return std::make_unique<NaivePool>(setup, environment);
  };
  spec_tests::RunnerOptions options;
  options.run.oracles = false;  // the checkers want counts in every event, which this pool has not
  std::size_t passed = 0;
  for (const spec_tests::ScenarioFile& file : collection.scenarios) {
    const spec_tests::Result result = spec_tests::run_file(file, naive_pool, options);
    const bool pass = result.outcome == spec_tests::Result::Outcome::pass;
    passed += pass ? 1 : 0;
    std::printf("%s  %s\n", pass ? "PASS" : "FAIL", file.scenario.name.c_str());
  }
  std::printf("The naive pool passes %zu of %zu scenarios.\n", passed, collection.scenarios.size());
  return passed == collection.scenarios.size() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::filesystem::path> paths(argv + 1, argv + argc);
    return replay(paths.empty() ? spec_tests::collect_embedded() : spec_tests::collect(paths));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
