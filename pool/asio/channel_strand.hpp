// How the parts of Channel get onto its strand, and out to the listener. Only for its sources.
#pragma once

#include <utility>

#include <boost/asio/post.hpp>

#include "pool/asio/channel.hpp"

namespace cmap {

template <typename Work>
void Channel::post(Work&& work) {
  boost::asio::post(
      strand_, [self = shared_from_this(), work = std::forward<Work>(work)]() mutable { work(); });
}

template <typename Call>
void Channel::tell(Call&& call) {
  const RunningCallbacks::Scope scope(*settings_->running);
  listener_->gate.pass([&] { call(listener_->listener); });
}

}  // namespace cmap
