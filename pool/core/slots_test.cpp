// Slot tables and the lists threaded through them.
#include "pool/core/slots.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "pool/api/ids.hpp"

namespace cmap {
namespace {

struct Item {
  ConnectionRef ref;
  int value = 0;
  SlotLinks<Item> links;
};
using Table = SlotTable<Item>;
using List = SlotList<Item, &Item::links>;

std::vector<std::int64_t> ids(const List& list) {
  std::vector<std::int64_t> result;
  for (const Item* item = list.first(); item; item = list.next(*item)) {
    result.push_back(number(item->ref.id));
  }
  return result;
}
using ListedIds = std::vector<std::int64_t>;

TEST(SlotTable, NumbersItemsAndReusesSlots) {
  Table table;
  Item& first = table.acquire();
  const ConnectionRef first_ref = first.ref;
  first.value = 7;
  const ConnectionRef second_ref = table.acquire().ref;
  EXPECT_EQ(first_ref, (ConnectionRef{ConnectionId{1}, 0}));
  EXPECT_EQ(second_ref, (ConnectionRef{ConnectionId{2}, 1}));
  table.release(first);
  EXPECT_EQ(table.size(), 1U);
  const Item& third = table.acquire();
  EXPECT_EQ(third.ref, (ConnectionRef{ConnectionId{3}, 0}));
  EXPECT_EQ(third.value, 0) << "nothing of the earlier item is left";
}

TEST(SlotTable, FindsOnlyWhatIsThere) {
  Table table;
  EXPECT_EQ(table.find({}), nullptr);
  EXPECT_EQ(table.find({ConnectionId{1}, 0}), nullptr);
  Item& item = table.acquire();
  const ConnectionRef ref = item.ref;
  EXPECT_EQ(table.find(ref), &item);
  EXPECT_EQ(table.find({ConnectionId{1}, 1}), nullptr);
  EXPECT_EQ(table.find({ConnectionId{2}, 0}), nullptr);
  EXPECT_EQ(table.find({ConnectionId::none, 0}), nullptr);
  table.release(item);
  EXPECT_EQ(table.find(ref), nullptr);
  EXPECT_EQ(table.find({ConnectionId::none, 0}), nullptr);
  table.acquire();
  EXPECT_EQ(table.find(ref), nullptr);
}

TEST(SlotTable, AddressesStay) {
  Table table;
  Item& first = table.acquire();
  const ConnectionRef ref = first.ref;
  for (int i = 0; i < 10'000; ++i) table.acquire();
  EXPECT_EQ(table.find(ref), &first);
  EXPECT_EQ(&table[0], &first);
}

TEST(SlotList, KeepsTheOrderOfInsertion) {
  Table table;
  List list;
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.first(), nullptr);
  for (int i = 0; i < 4; ++i) list.push_back(table.acquire());
  EXPECT_EQ(ids(list), (ListedIds{1, 2, 3, 4}));
  EXPECT_EQ(list.front().ref.id, ConnectionId{1});
  EXPECT_EQ(list.back().ref.id, ConnectionId{4});
  EXPECT_EQ(list.size(), 4U);
}

TEST(SlotList, ErasesAnywhere) {
  Table table;
  List list;
  std::vector<Item*> items;
  for (int i = 0; i < 5; ++i) {
    items.push_back(&table.acquire());
    list.push_back(*items.back());
  }
  list.erase(*items[2]);
  EXPECT_EQ(ids(list), (ListedIds{1, 2, 4, 5}));
  list.erase(*items[0]);
  EXPECT_EQ(ids(list), (ListedIds{2, 4, 5}));
  list.erase(*items[4]);
  EXPECT_EQ(ids(list), (ListedIds{2, 4}));
  list.push_back(*items[0]);
  EXPECT_EQ(ids(list), (ListedIds{2, 4, 1}));
  EXPECT_EQ(list.back().ref.id, ConnectionId{1});
  list.erase(*items[1]);
  list.erase(*items[3]);
  list.erase(*items[0]);
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.size(), 0U);
  EXPECT_EQ(list.first(), nullptr);
}

TEST(SlotListDeathTest, ErasingWhatIsNotInTheListAborts) {
  Table table;
  List list;
  list.push_back(table.acquire());
  Item& stranger = table.acquire();
  EXPECT_DEATH(list.erase(stranger), "assertion failed");
}

TEST(SlotTableDeathTest, ReleasingTwiceAborts) {
  Table table;
  Item& item = table.acquire();
  table.release(item);
  EXPECT_DEATH(table.release(item), "assertion failed");
}

}  // namespace
}  // namespace cmap
