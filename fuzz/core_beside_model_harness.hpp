// PoolCore and the reference model side by side, without a world: the same inputs to both, by hand,
// and what each makes of them as lines of text.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "pool/core/pool_core.hpp"
#include "sim/checkers/observed_pool.hpp"
#include "sim/reference_model/model_test_bench.hpp"
#include "sim/trace.hpp"

namespace cmap::fuzz {

/// One call of a user or of the transport, or time that passes. Which lease, check-out or
/// connection it is about is a number, taken modulo how many there are: every sequence of inputs is
/// valid, also with some left out.
struct Input {
  enum class What : std::uint8_t {
    ready,
    check_out,
    check_in,
    check_in_again,
    cancel,
    advance,
    hello,
    established,
    failed,
    fails_in_use,
    clear,
    clear_and_interrupt,
    close,
    transport_closed,
    fork,
    set_purpose,
    command_begins,
  };

  What what = What::ready;
  unsigned which = 0;  ///< of those that it can be about
  unsigned how = 0;    ///< a time in milliseconds, an error or a purpose
};

inline std::string text_of(const Input& input) {
  static constexpr const char* names[] = {
      "ready",         "check out",        "check in", "check in again",
      "cancel",        "advance",          "hello",    "established",
      "failed",        "fails in use",     "clear",    "clear and interrupt",
      "close",         "transport closed", "fork",     "set purpose",
      "command begins"};
  return std::string(names[static_cast<std::size_t>(input.what)]) + " " +
         std::to_string(input.which) + " " + std::to_string(input.how);
}

/// What there is for inputs to be about; the same on both sides while they agree.
struct Subjects {
  std::map<std::uint64_t, Lease> held;  ///< by check-out
  std::vector<Lease> checked_in;
  std::vector<ConnectionRef> opened;  ///< transports that were not closed
  std::vector<ConnectionRef> closing;
  std::uint64_t check_outs = 0;
};

class CoreBesideModel {
 public:
  CoreBesideModel(const PoolOptions& options, sim::Defect defect)
      : load_balanced_(options.load_balanced), core_(PoolId{1}, Address(), options, now_, outbox_) {
    world_.note = [this](const std::string& what) { model_lines_.push_back(what); };
    model_ = sim::broken_reference_model(defect)(
        {.address = Address(),
         .options = options,
         .listener = [this](const Event& event) { model_lines_.push_back(line_of(event)); },
         .number = 1},
        world_);
    carry_out();
  }

  /// What the two do differently; empty: nothing.
  std::string apply(const Input& input) {
    const AssertionsThrow assertions_throw;
    try {
      put(input);
      core_.check_invariants();
      model_->check_invariants();
      // The model tells nobody.
      CMAP_ASSERT(drained_ == (core_.state() == PoolState::closed && subjects_.opened.empty() &&
                               subjects_.closing.empty()));
    } catch (const std::exception& contradiction) {
      return contradiction.what();
    }
    return difference();
  }

 private:
  using What = Input::What;

  void put(const Input& input) {
    switch (input.what) {
      case What::ready:
        core_.ready(now_);
        carry_out();
        return model_->ready(ignore);
      case What::check_out:
        return check_out(input);
      case What::check_in:
        return check_in(input);
      case What::check_in_again:
        if (!subjects_.checked_in.empty()) give_back(pick(subjects_.checked_in, input));
        return;
      case What::cancel:
        return cancel(input);
      case What::advance:
        return advance(std::chrono::milliseconds(input.how % 6));
      case What::hello:
        return hello(input);
      case What::established:
        if (!subjects_.opened.empty()) established(pick(subjects_.opened, input));
        return;
      case What::failed:
        if (!subjects_.opened.empty()) failed(pick(subjects_.opened, input), input);
        return;
      case What::fails_in_use:
        return fail_in_use(input);
      case What::clear:
      case What::clear_and_interrupt:
        return clear(input);
      case What::close:
        core_.close(now_);
        carry_out();
        return model_->close(ignore);
      case What::transport_closed:
        return transport_closed(input);
      case What::fork:
        core_.reset_after_fork(now_);
        carry_out();
        return model_->reset_after_fork(ignore);
      case What::set_purpose:
        return set_purpose(input);
      case What::command_begins:
        return command_begins(input);
    }
  }

  void check_out(const Input& input) {
    CheckOutRequest request{.purpose = static_cast<CheckOutPurpose>(input.which % 3)};
    if (input.how % 2 == 1) request.deadline = now_ + std::chrono::milliseconds(input.how / 2 % 4);
    const std::uint64_t number = ++subjects_.check_outs;
    refs_[number] = core_.check_out(request, number, now_);
    carry_out();
    model_refs_[number] = model_->check_out(request, [this, number](const auto& outcome) {
      model_lines_.push_back(line_of(number, outcome.checked_out.connection, outcome.error));
      if (!outcome.error) model_leases_[number] = outcome.checked_out;
    });
  }

  void check_in(const Input& input) {
    if (subjects_.held.empty()) return;
    const Lease lease = pick_held(input);
    subjects_.held.erase(key_of(lease));
    subjects_.checked_in.push_back(lease);
    give_back(lease);
  }

  void give_back(const Lease& lease) {
    const bool was_held = core_.check_in(lease, now_);
    carry_out();
    core_lines_.emplace_back(was_held ? "checked in" : "refused");
    model_->check_in(model_leases_[key_of(lease)], [this](const ErrorPtr& error) {
      model_lines_.emplace_back(error ? "refused" : "checked in");
    });
  }

  void cancel(const Input& input) {
    if (subjects_.check_outs == 0) return;
    const std::uint64_t number = 1 + input.which % subjects_.check_outs;
    core_.cancel(refs_[number], now_);
    carry_out();
    model_->cancel(model_refs_[number], ignore);
  }

  /// The timer of each fires when it is due.
  void advance(Duration duration) {
    const TimePoint until = now_ + duration;
    for (int fired = 0; core_.next_deadline() && *core_.next_deadline() <= until; ++fired) {
      CMAP_ASSERT(fired < most_firings);
      now_ = std::max(now_, *core_.next_deadline());
      core_.advance(now_);
      carry_out();
    }
    now_ = until;
    for (int fired = 0; world_.armed && *world_.armed <= until; ++fired) {
      CMAP_ASSERT(fired < most_firings);
      world_.time = std::max(world_.time, *world_.armed);
      world_.fire();
    }
    world_.time = until;
  }

  void command_begins(const Input& input) {
    if (subjects_.opened.empty()) return;
    const ConnectionRef connection = pick(subjects_.opened, input);
    core_.handshake_command_begins(connection, now_);
    carry_out();
    world_.listener->handshake_command_begins(connection);
  }

  void hello(const Input& input) {
    if (subjects_.opened.empty()) return;
    const ConnectionRef connection = pick(subjects_.opened, input);
    const auto service = input.how % 4 == 3 ? std::optional<ServiceId>() : service_of(input);
    core_.hello_completed(connection, service, now_);
    carry_out();
    world_.listener->hello_completed(connection, service);
  }

  void established(ConnectionRef connection) {
    core_.established(connection, now_);
    carry_out();
    world_.listener->established(connection);
  }

  void failed(ConnectionRef connection, const Input& input) {
    const ErrorPtr error = error_of(input);
    const bool pending = core_.is_pending(connection);
    core_.failed(connection, error, pending ? establishment_verdict(*error) : ErrorVerdict::keep,
                 now_);
    carry_out();
    world_.listener->failed(connection, error);
  }

  void fail_in_use(const Input& input) {
    if (subjects_.held.empty()) return;
    const Lease lease = pick_held(input);
    const ErrorVerdict verdict = input.how % 2 == 0 ? ErrorVerdict::clear : ErrorVerdict::keep;
    core_.report_error(lease, error_of(input), verdict, now_);
    carry_out();
    model_->connection_failed(model_leases_[key_of(lease)], error_of(input), verdict, ignore);
  }

  void clear(const Input& input) {
    if (load_balanced_) {
      core_.clear_service(service_of(input), now_);
      carry_out();
      return model_->clear_service(service_of(input), ignore);
    }
    const ClearRequest request{.interrupt_in_use_connections =
                                   input.what == What::clear_and_interrupt};
    core_.clear(request, now_);
    carry_out();
    model_->clear(request, ignore);
  }

  void transport_closed(const Input& input) {
    if (subjects_.closing.empty()) return;
    const ConnectionRef connection = pick(subjects_.closing, input);
    std::erase(subjects_.closing, connection);
    core_.transport_closed(connection, now_);
    carry_out();
    world_.listener->transport_closed(connection);
  }

  void set_purpose(const Input& input) {
    if (subjects_.held.empty()) return;
    const Lease lease = pick_held(input);
    const auto purpose = static_cast<CheckOutPurpose>(input.how % 3);
    core_.set_purpose(lease, purpose);
    model_->set_purpose(model_leases_[key_of(lease)], purpose, ignore);
  }

  /// The core's effects, in their order, until none is left.
  void carry_out() {
    const Outbox effects = std::exchange(outbox_, {});
    for (const Effect& effect : effects) {
      std::visit([this](const auto& each) { carry_out(each); }, effect);
    }
  }
  void carry_out(const Event& event) { core_lines_.push_back(line_of(event)); }
  void carry_out(const CheckOutCompleted& completed) {
    core_lines_.push_back(
        line_of(completed.user_data, completed.lease.connection.id, completed.error));
    if (!completed.error) subjects_.held[completed.user_data] = completed.lease;
  }
  void carry_out(const StartEstablishing& effect) {
    subjects_.opened.push_back(effect.connection);
    note("establish", effect.connection);
  }
  void carry_out(const TimeOutEstablishing& effect) { note("time_out", effect.connection); }
  void carry_out(const InterruptConnection& effect) { note("interrupt", effect.connection); }
  void carry_out(const CloseTransport& effect) {
    std::erase(subjects_.opened, effect.connection);
    subjects_.closing.push_back(effect.connection);
    note(effect.how == TransportClose::abandon ? "abandon" : "close", effect.connection);
  }
  void carry_out(const PoolDrained&) {
    CMAP_ASSERT(!drained_);
    drained_ = true;
  }
  void note(std::string what, ConnectionRef connection) {
    core_lines_.push_back(what += sim::model_test::number_text(connection.id));
  }

  std::string difference() {
    const auto [core, model] = std::mismatch(core_lines_.begin(), core_lines_.end(),
                                             model_lines_.begin(), model_lines_.end());
    std::string text;
    if (core != core_lines_.end() || model != model_lines_.end()) {
      text = "the core: " + (core == core_lines_.end() ? std::string("nothing") : *core) +
             ", the model: " + (model == model_lines_.end() ? std::string("nothing") : *model);
    }
    core_lines_.clear();
    model_lines_.clear();
    return text;
  }

  static std::string line_of(const Event& event) {
    return sim::describe(event) + " @" + sim::milliseconds_text(event.time.time_since_epoch()) +
           " " + sim::text_of(event.counts);
  }
  static std::string line_of(std::uint64_t check_out, ConnectionId connection,
                             const ErrorPtr& error) {
    std::string text = "outcome of " + std::to_string(check_out) + ": ";
    return text += error ? error->message : sim::model_test::number_text(connection);
  }
  template <typename Items>
  static typename Items::value_type pick(const Items& items, const Input& input) {
    return items[input.which % items.size()];
  }
  Lease pick_held(const Input& input) const {
    auto found = subjects_.held.begin();
    std::advance(found, static_cast<std::ptrdiff_t>(input.which % subjects_.held.size()));
    return found->second;
  }
  static ServiceId service_of(const Input& input) {
    return ServiceId(ServiceId::Bytes{static_cast<std::uint8_t>(input.how % 2)});
  }
  /// Overload, which clears nothing, or what does.
  static ErrorPtr error_of(const Input& input) {
    return establishment_error(
        Address(), input.how % 2 == 0 ? NetworkFault::reset : NetworkFault::eof,
        input.how % 4 < 2 ? EstablishmentPhase::hello : EstablishmentPhase::authenticate);
  }
  static std::uint64_t key_of(const Lease& lease) {
    return static_cast<std::uint64_t>(number(lease.check_out));
  }
  static void ignore(const ErrorPtr&) {}

  static constexpr int most_firings = 1000;  ///< in one `advance`

  const bool load_balanced_;
  TimePoint now_;
  Outbox outbox_;
  PoolCore core_;
  sim::model_test::ManualWorld world_;
  std::unique_ptr<sim::PoolUnderTest> model_;
  Subjects subjects_;
  bool drained_ = false;
  std::map<std::uint64_t, CheckOutRef> refs_;
  std::map<std::uint64_t, std::uint64_t> model_refs_;
  std::map<std::uint64_t, sim::CheckedOut> model_leases_;
  std::vector<std::string> core_lines_;
  std::vector<std::string> model_lines_;
};

}  // namespace cmap::fuzz
