// Texts, types, labels and exceptions of the errors (A.10, A-POOL-6 to 8).
#include "pool/api/errors.hpp"

#include <gtest/gtest.h>

namespace cmap {
namespace {

const Address db_address("db.example", 27018);

TEST(Errors, TextsThatTheOfficialTestsCompare) {  // A-ERR-1, A-ERR-3, F-1
  EXPECT_EQ(pool_closed_error(db_address)->message,
            "Attempted to check out a connection from closed connection pool");
  EXPECT_EQ(wait_queue_timeout_error(db_address)->message,
            "Timed out while checking out a connection from connection pool");
}

TEST(Errors, TypesAndAddresses) {
  EXPECT_EQ(pool_closed_error(db_address)->type, ErrorType::pool_closed);
  EXPECT_EQ(pool_cleared_error(db_address, nullptr)->type, ErrorType::pool_cleared);
  EXPECT_EQ(wait_queue_timeout_error(db_address)->type, ErrorType::wait_queue_timeout);
  EXPECT_EQ(type_name(ErrorType::pool_closed), "PoolClosedError");
  EXPECT_EQ(type_name(ErrorType::pool_cleared), "PoolClearedError");
  EXPECT_EQ(type_name(ErrorType::wait_queue_timeout), "WaitQueueTimeoutError");
  EXPECT_EQ(pool_closed_error(db_address)->address, db_address);
  EXPECT_EQ(pool_cleared_error(db_address, nullptr)->address, db_address);
  EXPECT_EQ(wait_queue_timeout_error(db_address)->address, db_address);
}

TEST(Errors, EveryTypeHasANameOfItsOwn) {
  std::string names;
  for (int type = 0; type <= static_cast<int>(ErrorType::usage); ++type) {
    const std::string name(type_name(static_cast<ErrorType>(type)));
    EXPECT_EQ(names.find(name + ","), std::string::npos) << name;
    EXPECT_NE(name, "?");
    names += name + ",";
  }
}

TEST(Errors, PoolCleared) {  // A-ERR-2, A-CLR-3, F-15
  const ErrorPtr cause =
      establishment_error(db_address, NetworkFault::refused, EstablishmentPhase::connect);
  const ErrorPtr error = pool_cleared_error(db_address, cause);
  EXPECT_EQ(error->message,
            "Connection pool for db.example:27018 was cleared because another operation failed "
            "with: connection refused (connect)");
  EXPECT_EQ(error->cause, cause);
  EXPECT_TRUE(is_retryable(*error));
  EXPECT_TRUE(has_label(error->labels, ErrorLabel::transient_transaction));
  EXPECT_EQ(error->fault, NetworkFault::none) << "no network error of its own";
  EXPECT_EQ(pool_cleared_error(db_address, nullptr)->message,
            "Connection pool for db.example:27018 was cleared");
}

TEST(Errors, OfEstablishmentsNameThePhase) {
  const auto message = [](EstablishmentPhase phase) {
    return establishment_error(db_address, NetworkFault::timeout, phase)->message;
  };
  EXPECT_EQ(message(EstablishmentPhase::hello), "timed out (hello)");
  EXPECT_EQ(message(EstablishmentPhase::done), "timed out");
}

TEST(Errors, Interrupted) {  // A-CLR-7
  const ErrorPtr error = interrupted_error(db_address, nullptr);
  EXPECT_EQ(error->type, ErrorType::pool_cleared);
  EXPECT_EQ(error->message,
            "Connection to db.example:27018 interrupted due to server monitor timeout");
  EXPECT_TRUE(is_retryable(*error));
  EXPECT_TRUE(has_label(error->labels, ErrorLabel::transient_transaction));
}

TEST(Errors, TimeoutBehindALoadBalancer) {  // A-LB-6
  const ErrorPtr error =
      wait_queue_timeout_error(db_address, 10, {.cursor = 1, .transaction = 2, .other = 3});
  EXPECT_EQ(error->type, ErrorType::wait_queue_timeout);
  EXPECT_EQ(error->message,
            "Timeout waiting for connection from the connection pool. maxPoolSize: 10, connections "
            "in use by cursors: 1, connections in use by transactions: 2, connections in use by "
            "other operations: 3");
}

TEST(Errors, DeadlineExceeded) {  // D-CSOT-5
  const ErrorPtr cause = wait_queue_timeout_error(db_address);
  const ErrorPtr error = deadline_exceeded_error(db_address, cause);
  EXPECT_EQ(error->type, ErrorType::deadline_exceeded);
  EXPECT_EQ(error->cause, cause);
  EXPECT_NE(error->message.find(cause->message), std::string::npos);
  EXPECT_FALSE(is_retryable(*error));
  EXPECT_EQ(deadline_exceeded_error(db_address, "before it began")->message,
            "The deadline of the operation passed before it began");
}

TEST(Errors, OnlySomeAreRetryable) {
  EXPECT_FALSE(is_retryable(*pool_closed_error(db_address)));
  EXPECT_FALSE(is_retryable(*wait_queue_timeout_error(db_address)));
  EXPECT_FALSE(is_retryable(*cancelled_error(db_address)));
  EXPECT_FALSE(is_retryable(*usage_error(db_address, "x")));
  EXPECT_TRUE(
      is_retryable(*establishment_error(db_address, NetworkFault::eof, EstablishmentPhase::hello)));
}

TEST(Errors, LabelsOfEstablishment) {  // A-POOL-6, A-POOL-7, A-POOL-8
  constexpr ErrorLabel overload = ErrorLabel::system_overloaded | ErrorLabel::retryable;
  using Phase = EstablishmentPhase;
  using Fault = NetworkFault;
  for (const Fault fault : {Fault::refused, Fault::reset, Fault::eof, Fault::timeout}) {
    for (const Phase phase : {Phase::connect, Phase::tls, Phase::hello}) {
      EXPECT_EQ(establishment_labels(fault, phase), overload) << fault_name(fault);
    }
    for (const Phase phase : {Phase::authenticate, Phase::done}) {
      EXPECT_EQ(establishment_labels(fault, phase), ErrorLabel::none) << fault_name(fault);
    }
  }
  for (const Fault fault : {Fault::none, Fault::dns, Fault::certificate, Fault::proxy}) {
    for (const Phase phase : {Phase::resolve, Phase::connect, Phase::tls, Phase::hello,
                              Phase::authenticate, Phase::done}) {
      EXPECT_EQ(establishment_labels(fault, phase), ErrorLabel::none) << fault_name(fault);
    }
  }
}

TEST(Errors, VerdictOfEstablishment) {  // R16
  const auto verdict = [](NetworkFault fault, EstablishmentPhase phase) {
    return establishment_verdict(*establishment_error(db_address, fault, phase));
  };
  EXPECT_EQ(verdict(NetworkFault::reset, EstablishmentPhase::hello), ErrorVerdict::keep);
  EXPECT_EQ(verdict(NetworkFault::reset, EstablishmentPhase::authenticate), ErrorVerdict::clear);
  EXPECT_EQ(verdict(NetworkFault::dns, EstablishmentPhase::resolve), ErrorVerdict::clear);
  EXPECT_EQ(verdict(NetworkFault::certificate, EstablishmentPhase::tls), ErrorVerdict::clear);
  EXPECT_EQ(establishment_verdict(Error{.type = ErrorType::command, .code = 91}),
            ErrorVerdict::clear);
}

TEST(Errors, AnAnswerLeavesTheConnectionAsItWas) {
  EXPECT_FALSE(ends_connection({.type = ErrorType::command, .code = 10107}));
  EXPECT_TRUE(ends_connection({.type = ErrorType::command, .code = 91}));
  EXPECT_TRUE(ends_connection({.type = ErrorType::network, .fault = NetworkFault::timeout}));
  EXPECT_TRUE(ends_connection({.type = ErrorType::protocol}));
}

TEST(Errors, EstablishmentErrorSaysWhatAndWhere) {
  const ErrorPtr error =
      establishment_error(db_address, NetworkFault::eof, EstablishmentPhase::tls);
  EXPECT_EQ(error->type, ErrorType::network);
  EXPECT_EQ(error->fault, NetworkFault::eof);
  EXPECT_EQ(error->address, db_address);
  EXPECT_EQ(error->message, "connection closed by peer (tls)");
}

template <typename Exception>
void expect_thrown(const ErrorPtr& error) {
  try {
    throw_error(error);
  } catch (const Exception& thrown) {
    EXPECT_EQ(thrown.shared(), error);
    EXPECT_EQ(&thrown.error(), error.get());
    EXPECT_EQ(std::string(thrown.what()), error->message);
    return;
  } catch (...) {
  }
  FAIL() << "another class was thrown";
}

TEST(Errors, ThrownByTheirType) {
  expect_thrown<PoolClosedError>(pool_closed_error(db_address));
  expect_thrown<PoolClearedError>(pool_cleared_error(db_address, nullptr));
  expect_thrown<RetryableError>(pool_cleared_error(db_address, nullptr));
  expect_thrown<WaitQueueTimeoutError>(wait_queue_timeout_error(db_address));
  expect_thrown<DeadlineExceededError>(deadline_exceeded_error(db_address, cancelled_error({})));
  expect_thrown<PoolError>(cancelled_error(db_address));
  expect_thrown<PoolError>(usage_error(db_address, "wrong"));
  expect_thrown<PoolError>(not_load_balanced_error(db_address));
}

TEST(Errors, AreEqualByValue) {
  const auto make = [](ErrorPtr cause) { return pool_cleared_error(db_address, std::move(cause)); };
  EXPECT_EQ(*make(nullptr), *make(nullptr));
  EXPECT_EQ(*make(pool_closed_error(db_address)), *make(pool_closed_error(db_address)));
  EXPECT_NE(*make(pool_closed_error(db_address)), *make(nullptr));
  EXPECT_NE(*make(nullptr), *make(pool_closed_error(db_address)));
  EXPECT_NE(*make(pool_closed_error(db_address)), *make(cancelled_error(db_address)));
  EXPECT_NE(*pool_closed_error(db_address), *pool_closed_error(Address("other", 1)));
}

}  // namespace
}  // namespace cmap
