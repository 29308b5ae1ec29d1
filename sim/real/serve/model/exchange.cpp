// The order is that of a server: the fail point, its delay, then the command.
#include "sim/real/serve/model/exchange.hpp"

#include <utility>

#include "pool/wire/bson_builder.hpp"
#include "sim/real/serve/model/matching.hpp"
#include "sim/real/serve/model/replies.hpp"

namespace cmap::serve {
namespace {

/// What a client sends that waits for news: the version it knows, and how long it waits.
struct Awaitable {
  wire::TopologyVersion known;
  Duration time;
};

std::optional<Awaitable> awaitable(wire::DocumentView hello) {
  const auto version = hello.find_document("topologyVersion");
  const auto time = hello.find_whole_number("maxAwaitTimeMS");
  constexpr std::int64_t a_day = 86'400'000;
  if (!version || !time || *time < 0 || *time > a_day) return std::nullopt;
  const auto process = version->find("processId");
  const auto id = process ? process->as_object_id() : std::nullopt;
  const auto counter = version->find_whole_number("counter");
  if (!id || !counter) return std::nullopt;
  return Awaitable{.known = {.process_id = *id, .counter = *counter},
                   .time = std::chrono::milliseconds(*time)};
}

/// `hello`, but for news after those of `sent`.
wire::Document following(wire::DocumentView hello, wire::DocumentView sent) {
  wire::DocumentBuilder builder;
  for (const wire::ElementView& element : hello) {
    const auto newer =
        element.key() == "topologyVersion" ? sent.find("topologyVersion") : std::nullopt;
    builder.element(newer ? *newer : element);
  }
  return builder.build();
}

}  // namespace

Step Exchange::next(wire::Date now) {
  switch (state_) {
    case State::fresh: {
      FailPoints& fail_points = model_->fail_points[connection_->member];
      // A fail point may be meant for one application: its name comes with this very command.
      if (request_.is_hello()) remember_client(*connection_, request_.body);
      auto hit = fail_points.strike(request_.name, connection_->app_name);
      if (!hit) return answer(now);
      hit_ = *std::move(hit);
      state_ = State::struck;
      if (hit_.block_time > Duration::zero()) {
        return {.kind = Step::Kind::sleep, .duration = hit_.block_time};
      }
      [[fallthrough]];
    }
    case State::struck:
      if (hit_.close_connection) return {.kind = Step::Kind::close};
      if (hit_.error) return finish(with_version(*std::move(hit_.error)));
      return answer(now);
    case State::awaiting:
      return finish(execute(call(now)));
  }
  return {.kind = Step::Kind::close};
}

wire::Document Exchange::with_version(wire::Document error) const {
  Deployment& deployment = model_->deployment;
  const std::size_t member = connection_->member;
  if (hit_.version == ErrorVersion::none) return error;
  if (hit_.version == ErrorVersion::newer) deployment.make_news(member);
  wire::TopologyVersion version = deployment.topology_version(member);
  if (hit_.version == ErrorVersion::older) --version.counter;
  return wire::DocumentBuilder()
      .elements_of(error)
      .document("topologyVersion", version_document(version))
      .build();
}

Step Exchange::answer(wire::Date now) {
  if (const auto time = await_time()) {
    state_ = State::awaiting;
    return {.kind = Step::Kind::await_news, .duration = *time};
  }
  const auto filter = request_.body.view().find_document("filter");
  if (const auto time = filter ? sleep_in(*filter) : std::nullopt) {
    state_ = State::awaiting;
    return {.kind = Step::Kind::sleep, .duration = *time};
  }
  return finish(execute(call(now)));
}

Step Exchange::finish(wire::Document reply) const {
  if (!request_.expects_reply) return {.kind = Step::Kind::silence};
  const bool good = reply.view().find_flag("ok").value_or(false);
  const auto kind = good && is_stream() ? Step::Kind::stream : Step::Kind::reply;
  return {.kind = kind, .reply = std::move(reply)};
}

std::optional<Duration> Exchange::await_time() const {
  const auto wanted = request_.is_hello() ? awaitable(request_.body) : std::nullopt;
  if (!wanted) return std::nullopt;
  const wire::TopologyVersion mine = model_->deployment.topology_version(connection_->member);
  // Another process, or an older one: that is news.
  if (wanted->known.process_id != mine.process_id || wanted->known.counter < mine.counter) {
    return std::nullopt;
  }
  return wanted->time;
}

bool Exchange::is_stream() const {
  return request_.exhaust_allowed && request_.is_hello() && awaitable(request_.body).has_value();
}

void Exchange::go_on_streaming(const wire::Document& sent, std::int32_t sent_id) {
  request_.body = following(request_.body, sent);
  request_.id = sent_id;
  state_ = State::fresh;
}

}  // namespace cmap::serve
