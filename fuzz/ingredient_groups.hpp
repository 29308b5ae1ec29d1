// The ingredients by what they are about; ingredients.cpp puts them together.
#pragma once

#include <vector>

#include "fuzz/ingredients.hpp"

namespace cmap::fuzz {

using Ingredients = std::vector<Ingredient>;

// What the peer does (ingredients_of_peers.cpp).
void add_establishments(Ingredients& all);
void add_late_answers(Ingredients& all);
void add_errors(Ingredients& all);

// What callers and listeners do (ingredients_of_callers.cpp).
void add_wrong_check_ins(Ingredients& all);
void add_clears(Ingredients& all);
void add_closes(Ingredients& all);
void add_listeners(Ingredients& all);
void add_uses(Ingredients& all);

}  // namespace cmap::fuzz
