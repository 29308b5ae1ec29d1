// One command from its arrival to its last answer: fail points, waiting for news, streams.
#pragma once

#include <cstdint>
#include <string>

#include "pool/api/time.hpp"
#include "sim/real/serve/model/model.hpp"

namespace cmap::serve {

/// What the connection does next with a command.
struct Step {
  enum class Kind : std::uint8_t {
    sleep,       ///< let `duration` pass, then call `next`
    await_news,  ///< the same, but also call it as soon as the deployment has news
    reply,       ///< send `reply`; this command is done
    stream,      ///< send `reply` and say that more follows, then call `next`
    silence,     ///< no answer; this command is done
    close,       ///< close the connection
  } kind = Kind::reply;
  Duration duration{0};
  wire::Document reply{};
};

class Exchange {
 public:
  /// `model` and `connection` must outlive it.
  Exchange(Model& model, Connection& connection, Request request)
      : model_(&model), connection_(&connection), request_(std::move(request)) {}

  [[nodiscard]] const Request& request() const { return request_; }

  /// `now`: the time of day, which replies show.
  Step next(wire::Date now);

  /// After a `stream` was sent as message `sent_id`: from here on this is the command that the
  /// client would have sent for the answer that follows.
  void go_on_streaming(const wire::Document& sent, std::int32_t sent_id);

 private:
  enum class State : std::uint8_t { fresh, struck, awaiting };

  Step answer(wire::Date now);
  Step finish(wire::Document reply) const;
  /// As the fail point has it.
  [[nodiscard]] wire::Document with_version(wire::Document error) const;
  [[nodiscard]] Call call(wire::Date now) const {
    return {.model = *model_, .connection = *connection_, .request = request_, .now = now};
  }
  /// How long the client wants to wait for news, if there are none for it.
  [[nodiscard]] std::optional<Duration> await_time() const;
  [[nodiscard]] bool is_stream() const;

  Model* model_;
  Connection* connection_;
  Request request_;
  State state_ = State::fresh;
  FailPoints::Hit hit_;
};

}  // namespace cmap::serve
