// Draws. Every step takes the same number of them, whatever it turns out to be.
#include "sim/real/soak_plan.hpp"

#include <array>
#include <span>
#include <utility>

#include "sim/trace.hpp"

namespace cmap::sim {
namespace {

using namespace std::chrono_literals;

template <typename Value>
const Value& pick(Prng& prng, std::span<const Value> values) {
  return values[prng.below(values.size())];
}

Duration pick(Prng& prng, std::initializer_list<Duration> values) {
  return pick(prng, std::span(values));
}

std::int64_t pick(Prng& prng, std::initializer_list<std::int64_t> values) {
  return pick(prng, std::span(values));
}

/// Small pools, because crowds are what is to be tested. Each value is sometimes not set.
PoolOptions draw_pool(Prng& prng) {
  PoolOptions options;
  const std::int64_t max_pool_size = pick(prng, {1, 2, 3, 5, 8, 0});
  options.max_pool_size = max_pool_size;
  const std::int64_t min_pool_size = pick(prng, {0, 0, 1, 2, 4});
  if (max_pool_size == 0 || min_pool_size <= max_pool_size) options.min_pool_size = min_pool_size;
  options.max_connecting = pick(prng, {1, 2, 2, 5});
  options.max_idle_time = pick(prng, {0ms, 0ms, 2ms, 20ms});
  options.wait_queue_timeout = pick(prng, {0ms, 0ms, 5ms, 30ms});
  options.background_interval = pick(prng, {1ms, 5ms, 20ms, 100ms});
  // Always a limit: with a peer that hangs there is no other end.
  options.establishment_timeout = pick(prng, {20ms, 100ms, 500ms});
  if (prng.ratio(1, 4)) options.handshake_timeout = pick(prng, {10ms, 100ms});
  return options;
}

serve::FaultRates draw_rates(Prng& prng, std::initializer_list<std::int64_t> levels) {
  const auto rate = [&] { return static_cast<std::uint16_t>(pick(prng, levels)); };
  serve::FaultRates rates;
  rates.refuse = rate();
  rates.hang = rate();
  rates.reset = rate();
  rates.garbage = rate();
  rates.slow = static_cast<std::uint16_t>(4 * rate());
  return rates;
}

serve::FaultOptions draw_faults(Prng& prng) {
  serve::FaultOptions faults{.seed = prng.next()};
  const bool calm = prng.ratio(1, 5);
  for (serve::FaultRates* rates :
       {&faults.connect, &faults.tls, &faults.hello, &faults.authenticate, &faults.command}) {
    const serve::FaultRates drawn = draw_rates(prng, {0, 0, 0, 0, 5, 40});
    if (!calm) *rates = drawn;
  }
  faults.max_delay = pick(prng, {1ms, 5ms, 20ms});
  faults.refusal = pick(prng, {1ms, 5ms, 20ms});
  return faults;
}

struct Share {
  SoakAction action;
  std::uint32_t weight;
};

/// Clears are rare, because each costs all connections, and many threads make many of them.
constexpr std::array shares{
    Share{SoakAction::check_out, 60},
    Share{SoakAction::check_out_later, 36},
    Share{SoakAction::check_out_and_cancel, 14},
    Share{SoakAction::check_in, 90},
    Share{SoakAction::ping, 60},
    Share{SoakAction::ping_later, 16},
    Share{SoakAction::interrupt, 8},
    Share{SoakAction::abandon, 6},
    Share{SoakAction::report_error, 6},
    Share{SoakAction::clear, 1},
    Share{SoakAction::clear_interrupting, 1},
    Share{SoakAction::ready, 24},
    Share{SoakAction::look, 14},
    Share{SoakAction::subscribe, 8},
    Share{SoakAction::unsubscribe, 6},
};

constexpr std::uint32_t total_weight() {
  std::uint32_t sum = 0;
  for (const Share& share : shares) sum += share.weight;
  return sum;
}

SoakAction draw_action(Prng& prng) {
  std::uint64_t draw = prng.below(total_weight());
  for (const Share& share : shares) {
    if (draw < share.weight) return share.action;
    draw -= share.weight;
  }
  return SoakAction::look;
}

std::uint64_t stream_of(std::uint64_t seed, std::uint64_t round, std::string_view name) {
  return derive_seed(derive_seed(seed, name), std::to_string(round));
}

std::string rates_text(std::string_view phase, const serve::FaultRates& rates) {
  std::string text = " " + std::string(phase) + "=" + std::to_string(rates.refuse);
  for (const std::uint16_t rate : {rates.hang, rates.reset, rates.garbage, rates.slow}) {
    text += '/' + std::to_string(rate);
  }
  return text;
}

}  // namespace

SoakRound draw_soak_round(std::uint64_t seed, std::uint64_t round) {
  Prng prng(stream_of(seed, round, "round"));
  SoakRound result{.pool = draw_pool(prng), .faults = draw_faults(prng)};
  result.authentication = prng.ratio(1, 4);
  const std::size_t closed_at = prng.below(soak_steps_per_round);
  if (prng.ratio(1, 4)) result.closed_at = closed_at;
  result.outlived = prng.ratio(1, 4);
  return result;
}

std::string describe(const SoakRound& round) {
  const auto& pool = round.pool;
  std::string text =
      "maxPoolSize=" + std::to_string(pool.max_pool_size.value_or(0)) +
      " minPoolSize=" + std::to_string(pool.min_pool_size.value_or(0)) +
      " maxConnecting=" + std::to_string(pool.max_connecting.value_or(0)) +
      " maxIdleTimeMS=" + milliseconds_text(pool.max_idle_time.value_or(0ms)) +
      " waitQueueTimeoutMS=" + milliseconds_text(pool.wait_queue_timeout.value_or(0ms));
  text += " establishment " + milliseconds_text(pool.establishment_timeout.value_or(0ms)) + " ms";
  if (const auto limit = pool.handshake_timeout) {
    text += " and " + milliseconds_text(*limit) + " ms for each command";
  }
  if (round.authentication) text += ", authentication";
  if (round.closed_at) text += ", closed at step " + std::to_string(*round.closed_at);
  if (round.outlived) text += ", destroyed before its handles";
  const serve::FaultOptions& faults = round.faults;
  text +=
      "; thousandths of refuse/hang/reset/garbage/slow:" + rates_text("connect", faults.connect) +
      rates_text("tls", faults.tls) + rates_text("hello", faults.hello) +
      rates_text("authenticate", faults.authenticate) + rates_text("command", faults.command);
  return text;
}

SoakSteps::SoakSteps(std::uint64_t seed, std::uint64_t round, std::size_t thread)
    : prng_(stream_of(seed, round, "thread " + std::to_string(thread))) {}

SoakStep SoakSteps::next() {
  SoakStep step{.action = draw_action(prng_)};
  const Duration check_out_limit = pick(prng_, {0ms, 1ms, 5ms, 20ms, 100ms});
  if (prng_.ratio(1, 3)) step.check_out_limit = check_out_limit;
  step.command_limit = pick(prng_, {1ms, 20ms, 100ms, 100ms});
  step.pick = static_cast<std::uint32_t>(prng_.below(1U << 24U));
  return step;
}

}  // namespace cmap::sim
