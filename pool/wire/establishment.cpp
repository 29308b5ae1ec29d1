// The conversation.
#include "pool/wire/establishment.hpp"

#include <utility>

namespace cmap::wire {
namespace {

/// AuthenticationFailed. Other codes say that something else is wrong, such as a server that shuts
/// down.
constexpr std::int32_t authentication_failed = 18;

}  // namespace

Establishment::Establishment(EstablishmentOptions options) : options_(std::move(options)) {
  if (!options_.next_request_id) {
    options_.next_request_id = [id = 0]() mutable { return ++id; };
  }
  if (options_.credential) {
    if (const std::optional<Failure> failure = check(*options_.credential)) {
      error_ = usage_error(options_.address, failure->message);
      return;
    }
    CMAP_ASSERT(options_.nonces);
    authentication_.emplace(*options_.credential, options_.nonces, options_.scram_keys);
  }
  say_hello();
}

void Establishment::say_hello() {
  HelloOptions hello{.client_metadata = options_.client_metadata,
                     .load_balanced = options_.load_balanced,
                     .server_api = options_.server_api};
  if (authentication_) {
    hello.sasl_supported_mechs = authentication_->sasl_supported_mechs();
    hello.speculative_authenticate = authentication_->speculative_authenticate();
  }
  send(hello_command(hello), "admin");
}

void Establishment::send(DocumentView command, std::string_view database) {
  request_id_ = options_.next_request_id();
  output_ = encode_command(command, database, request_id_,
                           options_.server_api ? &*options_.server_api : nullptr);
}

Bytes Establishment::take_output() { return std::exchange(output_, {}); }

void Establishment::receive(ByteView message) {
  if (finished()) return;
  const Result<CommandReply> reply = decode_reply(message, request_id_);
  if (!reply) {
    error_ = protocol_error(options_.address, reply.failure());
    return;
  }
  if (phase_ == EstablishmentPhase::hello) {
    receive_hello(*reply);
  } else {
    receive_authentication(*reply);
  }
}

void Establishment::receive_hello(const CommandReply& reply) {
  if (!reply.ok()) {
    error_ = command_error(options_.address, reply);
    return;
  }
  HelloReply hello = HelloReply::from(reply.document);
  if (options_.load_balanced && !hello.service_id) {
    error_ = not_load_balanced_error(options_.address);
    return;
  }
  hello_ = std::move(hello);
  if (!authentication_ || hello_->is_arbiter()) {
    phase_ = EstablishmentPhase::done;
    return;
  }
  phase_ = EstablishmentPhase::authenticate;
  go_on(authentication_->begin(*hello_));
}

void Establishment::receive_authentication(const CommandReply& reply) {
  if (reply.ok()) {
    go_on(authentication_->advance(reply.document));
  } else if (reply.code() == authentication_failed) {
    std::string reason(reply.error_message());
    if (reason.empty()) reason = "the server refused the credential";
    error_ = authentication_error(options_.address, Failure{std::move(reason)});
  } else {
    error_ = command_error(options_.address, reply);
  }
}

void Establishment::go_on(const Result<std::optional<Document>>& next) {
  if (!next) {
    error_ = authentication_error(options_.address, next.failure());
  } else if (*next) {
    send(**next, authentication_->source());
  } else {
    phase_ = EstablishmentPhase::done;
  }
}

}  // namespace cmap::wire
