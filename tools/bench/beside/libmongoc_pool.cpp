// libmongoc, where it was found at build time.
#include <stdexcept>

#include "tools/bench/beside/contestants.hpp"

#ifdef CMAP_WITH_LIBMONGOC
#include <mongoc/mongoc.h>
#endif

namespace cmap::bench {

#ifdef CMAP_WITH_LIBMONGOC

std::unique_ptr<LibmongocPool> LibmongocPool::make(const Address& address) {
  return std::make_unique<LibmongocPool>(address);
}

LibmongocPool::LibmongocPool(const Address& address) {
  mongoc_init();
  mongoc_log_set_handler(nullptr, nullptr);
  mongoc_uri_t* uri = mongoc_uri_new_for_host_port(address.host().c_str(), *address.port());
  mongoc_uri_set_option_as_int32(uri, MONGOC_URI_MAXPOOLSIZE, 2);
  pool_ = mongoc_client_pool_new(uri);
  mongoc_uri_destroy(uri);
  // Both clients connect.
  void* clients[] = {pop(), pop()};
  for (void* client : clients) {
    bson_t ping = BSON_INITIALIZER;
    BSON_APPEND_INT32(&ping, "ping", 1);
    const bool pong = mongoc_client_command_simple(static_cast<mongoc_client_t*>(client), "admin",
                                                   &ping, nullptr, nullptr, nullptr);
    bson_destroy(&ping);
    if (!pong) throw std::runtime_error("libmongoc does not reach the server");
    push(client);
  }
}

LibmongocPool::~LibmongocPool() {
  mongoc_client_pool_destroy(static_cast<mongoc_client_pool_t*>(pool_));
}

void* LibmongocPool::pop() {
  return mongoc_client_pool_pop(static_cast<mongoc_client_pool_t*>(pool_));
}

void LibmongocPool::push(void* client) {
  mongoc_client_pool_push(static_cast<mongoc_client_pool_t*>(pool_),
                          static_cast<mongoc_client_t*>(client));
}

#else

std::unique_ptr<LibmongocPool> LibmongocPool::make(const Address&) { return nullptr; }
LibmongocPool::LibmongocPool(const Address&) { throw std::logic_error("built without libmongoc"); }
LibmongocPool::~LibmongocPool() = default;
void* LibmongocPool::pop() { return nullptr; }
void LibmongocPool::push(void*) {}

#endif

}  // namespace cmap::bench
