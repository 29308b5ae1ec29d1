// What an error of a call is counted as.
#include "sim/client/client_ingredients.hpp"

#include <gtest/gtest.h>

namespace cmap::sim {
namespace {

using What = ClientIngredient;

const Address noted_server("a", 27017);

/// A call ends with it, and its server is known all the same.
ClientIngredients ingredients_of(const ErrorPtr& error) {
  TopologyDescription topology;
  topology.servers.push_back(std::make_shared<const ServerDescription>(
      ServerDescription{.address = noted_server, .type = ServerType::rs_primary}));
  IngredientNotes notes{ClientPlan()};
  const ClientIngredients before = notes.found();
  notes.note_error(*error, topology);
  return notes.found() & ~before;
}

ClientIngredients only(What what) {
  return ClientIngredients().set(static_cast<std::size_t>(what));
}

TEST(ClientIngredients, ATimeoutInUseIsOneWithADeadlineToo) {
  const ErrorPtr timed_out =
      establishment_error(noted_server, NetworkFault::timeout, EstablishmentPhase::done);
  EXPECT_EQ(ingredients_of(timed_out), only(What::timeout_in_use));
  EXPECT_EQ(ingredients_of(deadline_exceeded_error(noted_server, timed_out)),
            only(What::timeout_in_use));
}

TEST(ClientIngredients, WhatADeadlineCutsOff) {
  EXPECT_EQ(
      ingredients_of(deadline_exceeded_error(noted_server, wait_queue_timeout_error(noted_server))),
      only(What::no_connection_in_time));
  const auto no_server = std::make_shared<const Error>(
      Error{.type = ErrorType::server_selection, .message = {}, .address = noted_server});
  EXPECT_EQ(ingredients_of(deadline_exceeded_error(noted_server, no_server)),
            only(What::no_server_in_time));
  EXPECT_EQ(ingredients_of(deadline_exceeded_error(noted_server, "before its command was sent")),
            ClientIngredients());
}

}  // namespace
}  // namespace cmap::sim
