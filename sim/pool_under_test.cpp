// What a pool answers that lacks an optional operation.
#include "sim/pool_under_test.hpp"

namespace cmap::sim {
namespace {

ErrorPtr unsupported(const char* operation) {
  return usage_error(Address(), std::string("The pool under test does not support ") + operation);
}

}  // namespace

void PoolUnderTest::cancel(std::uint64_t, Done done) { done(unsupported("cancel")); }

void PoolUnderTest::clear_service(const ServiceId&, Done done) {
  done(unsupported("clear by service"));
}

void PoolUnderTest::reset_after_fork(Done done) { done(unsupported("reset after fork")); }

void PoolUnderTest::set_purpose(const CheckedOut&, CheckOutPurpose, Done done) {
  done(unsupported("purposes of check-outs"));
}

void PoolUnderTest::connection_failed(const CheckedOut&, ErrorPtr, ErrorVerdict, Done done) {
  done(unsupported("failures of connections in use"));
}

}  // namespace cmap::sim
