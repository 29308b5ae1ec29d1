// A server that is started for one test, and a queue from the threads of clients to the test's.
#include "sim/real/served_client_world.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

#include "pool/asio/asio_environment.hpp"
#include "pool/asio/io_threads.hpp"
#include "pool/asio/steady_time.hpp"
#include "sim/real/serve/server.hpp"
#include "sim/real/temporary_certificates.hpp"

namespace cmap::sim {
namespace {

constexpr std::size_t members_of_served_set = 3;

/// Null: no TLS.
using Certificates = const serve::TestCertificates*;

serve::ServerOptions server_options(const ClientWorldOptions& options, Certificates certificates) {
  serve::ServerOptions result;
  if (options.topology == Topology::replica_set) {
    result.ports.assign(members_of_served_set, 0);
    result.replica_set = test_set_name;
  }
  result.load_balanced =
      options.topology == Topology::sharded || options.topology == Topology::load_balanced;
  if (options.topology == Topology::sharded) result.services = 0;
  result.authentication = options.authentication;
  if (options.authentication) result.users = {{.name = test_user, .password = test_password}};
  if (certificates) {
    result.tls = serve::TlsOptions{.certificate_key_file = certificates->server_key_file};
  }
  return result;
}

class ServedClientWorld final : public ClientWorld {
 public:
  ServedClientWorld(const ClientWorldOptions& options, Certificates certificates)
      : certificates_(certificates), server_(server_options(options, certificates)) {
    server_.start();
  }
  /// What callbacks still bring is dropped, while there is an environment for it.
  ~ServedClientWorld() override {
    std::vector<std::function<void()>> dropped;  // without the lock: it may check in
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
    dropped.swap(posted_);
  }

  [[nodiscard]] std::vector<Address> hosts() const override {
    std::vector<Address> hosts;
    for (const std::uint16_t port : server_.ports()) hosts.emplace_back("127.0.0.1", port);
    return hosts;
  }

  [[nodiscard]] TimePoint now() const override { return steady_now(); }

  std::unique_ptr<Client> make_client(const ConnectionString& connection,
                                      ClientHooks hooks) override {
    NetworkOptions network = network_options(connection);
    if (certificates_) network.tls = {.enabled = true, .ca_file = certificates_->ca_file};
    environments_.push_back(std::make_unique<AsioEnvironment>(threads_, network));
    return std::make_unique<Client>(connection.hosts, connection.options, *environments_.back(),
                                    std::move(hooks));
  }

  void post(std::function<void()> action) override {
    const std::lock_guard lock(mutex_);
    if (has_ended_) return;
    posted_.push_back(std::move(action));
    arrived_.notify_one();
  }

  void step(TimePoint until) override {
    {
      std::unique_lock lock(mutex_);
      arrived_.wait_until(lock, to_steady(until), [this] { return !posted_.empty(); });
    }
    settle();
  }

  void settle() override {
    for (;;) {
      std::vector<std::function<void()>> actions;
      {
        const std::lock_guard lock(mutex_);
        actions.swap(posted_);
      }
      if (actions.empty()) return;
      for (const auto& action : actions) action();
    }
  }

 private:
  const Certificates certificates_;
  serve::Server server_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  // Guarded by mutex_:
  std::vector<std::function<void()>> posted_;
  bool has_ended_ = false;

  // Last: their callbacks use what is above.
  IoThreads threads_;
  std::vector<std::unique_ptr<AsioEnvironment>> environments_;
};

}  // namespace

ServedClientWorlds::~ServedClientWorlds() = default;

std::unique_ptr<ClientWorld> ServedClientWorlds::make(const ClientWorldOptions& options) const {
  Certificates certificates = nullptr;
  if (tls_) {
    const std::lock_guard lock(mutex_);
    if (!certificates_) certificates_ = std::make_unique<TemporaryCertificates>();
    certificates = &certificates_->files();
  }
  return std::make_unique<ServedClientWorld>(options, certificates);
}

}  // namespace cmap::sim
