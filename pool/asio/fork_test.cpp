// A real fork(): the child has its own sockets, the parent keeps its own (A-FORK-1, A-FORK-2).
#include <cstdio>
#include <future>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pool/asio/server_harness.hpp"
#include "pool/client/run_command.hpp"
#include "pool/wire/bson_builder.hpp"

namespace cmap::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int all_well = 7;

wire::Document what_is_my_connection() { return wire::DocumentBuilder().int32("hello", 1).build(); }

/// By which the server tells its connections apart.
std::int64_t server_side_id(ConnectionHandle& connection) {
  const auto reply = run_command(connection, what_is_my_connection());
  return reply.view().find_whole_number("connectionId").value_or(-1);
}

/// Runs in the child; what it returns is the child's exit status.
int use_pool_in_child(ConnectionPool& pool, std::int64_t inherited) {
  pool.ready();
  ConnectionHandle connection = pool.check_out();
  if (server_side_id(connection) == inherited) return 1;
  if (pool.generation() != Generation{1}) return 2;
  connection.check_in();
  const PoolCounts one_is_still_held{.available = 1, .in_use = 1};
  return pool.counts() == one_is_still_held ? all_well : 3;
}

TEST(Fork, TheChildClearsAndReopensAndNeverSharesASocket) {
  RealWorld world;
  const auto pool = world.make_pool();
  ConnectionHandle held = pool->check_out();
  pool->check_out().check_in();
  const std::int64_t before = server_side_id(held);
  ASSERT_EQ(pool->counts(), (PoolCounts{.available = 1, .in_use = 1}));

  const pid_t child = fork();
  ASSERT_NE(child, -1);
  if (child == 0) _exit(use_pool_in_child(*pool, before));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), all_well);

  EXPECT_EQ(server_side_id(held), before) << "the parent's sockets are as they were";
  held.check_in();
  EXPECT_EQ(pool->counts(), (PoolCounts{.available = 2}));
  EXPECT_EQ(world.events.count(EventType::pool_cleared), 0);
  ConnectionHandle again = pool->check_out();
  EXPECT_GT(server_side_id(again), 0);
}

/// Runs in the child.
int check_out_in_child(ConnectionPool& pool) noexcept {
  pool.ready();
  return pool.check_out() ? all_well : 1;
}

TEST(Fork, TheChildDoesNotWaitForANameThatHangsInTheParent) {
  std::promise<void> begun;
  std::promise<void> released;
  const auto look_up = [&begun, may_end = released.get_future().share(), parent = getpid()](
                           const std::string&, boost::system::error_code&) {
    if (getpid() == parent) {
      begun.set_value();
      may_end.wait();
    }
    return std::vector{boost::asio::ip::make_address("127.0.0.1")};
  };
  RealWorld world({}, {.look_up = look_up});
  world.address = Address("name", world.server.ports().front());
  const auto pool = world.make_pool({.establishment_timeout = std::chrono::seconds(20)});
  std::promise<bool> late;
  pool->check_out({}, [&](const CheckOutResult& result) { late.set_value(!result.error); });
  begun.get_future().wait();

  const pid_t child = fork();
  ASSERT_NE(child, -1);
  if (child == 0) _exit(check_out_in_child(*pool));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), all_well);
  released.set_value();
  EXPECT_TRUE(late.get_future().get());
}

TEST(Fork, AProgramThatIsExecutedInheritsNoSocket) {
  RealWorld world;
  const auto pool = world.make_pool();
  const ConnectionHandle held = pool->check_out();
  std::FILE* const listing = ::popen("ls -l /proc/self/fd </dev/null 2>/dev/null", "r");
  ASSERT_NE(listing, nullptr);
  std::string descriptors;
  for (int c = std::fgetc(listing); c != EOF; c = std::fgetc(listing)) {
    descriptors += static_cast<char>(c);
  }
  EXPECT_EQ(::pclose(listing), 0);
  EXPECT_THAT(descriptors, AllOf(HasSubstr("/dev/null"), Not(HasSubstr("socket:"))));
}

}  // namespace
}  // namespace cmap::test
