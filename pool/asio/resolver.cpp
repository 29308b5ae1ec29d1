// The table of names under way, shared with the threads that resolve them.
#include "pool/asio/resolver.hpp"

#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "pool/asio/process_generation.hpp"

namespace cmap {

namespace asio = boost::asio;

struct Resolver::Table {
  explicit Table(HostLookup function) : look_up(std::move(function)) {}

  const HostLookup look_up;
  const std::uint64_t generation = current_process_generation();
  std::mutex mutex;
  // Guarded by mutex:
  std::map<std::string, std::vector<std::weak_ptr<HostQuery>>> under_way;
  bool ended = false;
};

namespace {

HostAddresses answer_of(const HostLookup& look_up, const std::string& host) {
  HostAddresses result;
  try {
    result.addresses = look_up(host, result.code);
  } catch (...) {
    result.code = asio::error::no_recovery;
  }
  if (result.addresses.empty() && !result.code) result.code = asio::error::host_not_found;
  return result;
}

/// Under the lock: `end` waits until the executor is not used any more.
void post_answer(const std::weak_ptr<HostQuery>& waiting, HostAddresses answer) {
  std::shared_ptr<HostQuery> query = waiting.lock();
  if (!query) return;
  const asio::any_io_executor strand = query->ended.get_executor();
  asio::post(strand, [query = std::move(query), answer = std::move(answer)]() mutable {
    query->answer = std::move(answer);
    query->ended.cancel();
  });
}

}  // namespace

std::vector<asio::ip::address> look_up_with_system(const std::string& host,
                                                   boost::system::error_code& code) {
  asio::io_context context;  // it runs nothing: the call blocks, and starts no thread
  std::vector<asio::ip::address> result;
  for (const auto& entry : asio::ip::tcp::resolver(context).resolve(host, "", code)) {
    result.push_back(entry.endpoint().address());
  }
  return result;
}

Resolver::Resolver(HostLookup look_up)
    : look_up_(std::move(look_up)), table_(new TablePtr(std::make_shared<Table>(look_up_))) {}

Resolver::~Resolver() {
  const TablePtr* const own = table_;
  if ((*own)->generation != current_process_generation()) return;  // its lock may be held for ever
  end();
  delete own;
}

/// That of this process. The parent's stays where it is: its lock may be held.
Resolver::TablePtr& Resolver::table() {
  TablePtr* known = table_;
  while ((*known)->generation != current_process_generation()) {
    auto fresh = std::make_unique<TablePtr>(std::make_shared<Table>(look_up_));
    if (table_.compare_exchange_strong(known, fresh.get())) return *fresh.release();
  }
  return *known;
}

void Resolver::ask(const std::string& host, const std::shared_ptr<HostQuery>& query) {
  const TablePtr& own = table();
  const std::lock_guard lock(own->mutex);
  if (own->ended) return post_answer(query, query->answer);
  const auto [entry, is_new] = own->under_way.try_emplace(host);
  std::erase_if(entry->second, [](const auto& waiting) { return waiting.expired(); });
  entry->second.push_back(query);
  if (!is_new) return;
  try {
    std::thread(run, own, host).detach();
  } catch (const std::system_error&) {
    own->under_way.erase(entry);
    post_answer(query, {.addresses = {}, .code = asio::error::try_again});
  }
}

void Resolver::run(const TablePtr& table, const std::string& host) {
  const HostAddresses answer = answer_of(table->look_up, host);
  const std::lock_guard lock(table->mutex);
  for (const auto& waiting : table->under_way[host]) post_answer(waiting, answer);
  table->under_way.erase(host);
}

void Resolver::end() {
  const TablePtr& own = table();
  const std::lock_guard lock(own->mutex);
  own->ended = true;
  own->under_way.clear();
}

}  // namespace cmap
