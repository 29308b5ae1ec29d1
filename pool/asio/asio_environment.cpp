// Options into settings, and the parts of the world.
#include "pool/asio/asio_environment.hpp"

#include <array>
#include <bit>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <sys/utsname.h>
#include <utility>

#include <openssl/rand.h>

#include "pool/asio/asio_timer.hpp"
#include "pool/asio/asio_transport.hpp"
#include "pool/asio/io_threads.hpp"
#include "pool/asio/monitor_channel.hpp"
#include "pool/asio/process_generation.hpp"
#include "pool/asio/steady_time.hpp"
#include "pool/asio/tls_context.hpp"

namespace cmap {
namespace {

void require(const std::optional<wire::Failure>& failure) {
  if (failure) throw std::invalid_argument(failure->message);
}

wire::OperatingSystem this_system() {
  utsname name{};
  if (uname(&name) != 0) return {};
  return {.type = name.sysname,
          .name = name.sysname,
          .architecture = name.machine,
          .version = name.release};
}

wire::ClientEnvironment this_place() {
  const auto lookup = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (!value) return std::nullopt;
    return value;
  };
  std::error_code ignored;
  const bool in_docker = std::filesystem::exists("/.dockerenv", ignored);
  return wire::detect_environment(lookup, in_docker);
}

wire::ClientMetadata metadata(const NetworkOptions& options) {
  wire::ClientMetadata result({.name = "cmap", .version = CMAP_VERSION}, this_system(),
                              this_place());
  require(result.set_application_name(options.application_name));
  for (const wire::DriverInfo& wrapper : options.wrappers) require(result.append(wrapper));
  return result;
}

void fill_with_chance(std::span<std::uint8_t> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("no random numbers");
  }
}

class AsioMonitorConnection final : public MonitorConnection {
 public:
  explicit AsioMonitorConnection(std::shared_ptr<MonitorChannel> channel)
      : channel_(std::move(channel)) {}
  ~AsioMonitorConnection() override { channel_->end(); }
  void open() override { channel_->open(); }
  void send(wire::Document command, bool exhaust_allowed) override {
    channel_->send(std::move(command), exhaust_allowed);
  }

 private:
  const std::shared_ptr<MonitorChannel> channel_;
};

std::unique_ptr<const ChannelSettings> make_settings(const NetworkOptions& options) {
  if (options.credential) require(wire::check(*options.credential));
  auto settings = std::make_unique<ChannelSettings>();
  settings->resolver = std::make_shared<Resolver>(
      options.look_up ? options.look_up : HostLookup(look_up_with_system));
  settings->tls = make_tls_context(options.tls);
  settings->verify_host =
      !options.tls.allow_invalid_certificates && !options.tls.allow_invalid_hostnames;
  settings->establishment = {.client_metadata = metadata(options).document(),
                             .credential = options.credential,
                             .load_balanced = options.load_balanced,
                             .server_api = options.server_api,
                             .scram_keys = std::make_shared<wire::ScramKeyCache>()};
  settings->establishment.nonces = fill_with_chance;
  return settings;
}

}  // namespace

AsioEnvironment::AsioEnvironment(Executor executor, const NetworkOptions& options)
    : process_generation_(current_process_generation()),
      executor_(std::move(executor)),
      settings_(make_settings(options)) {}

AsioEnvironment::AsioEnvironment(boost::asio::any_io_executor executor,
                                 const NetworkOptions& options)
    : AsioEnvironment(Executor([executor] { return executor; }), options) {}

AsioEnvironment::AsioEnvironment(IoThreads& threads, const NetworkOptions& options)
    : AsioEnvironment(Executor([&threads] { return threads.executor(); }), options) {}

/// In the child of a fork, callbacks that ran in the parent never end. Channels that are still
/// ending keep the resolver, but the executor only lives until here.
AsioEnvironment::~AsioEnvironment() {
  if (process_generation_ == current_process_generation()) settings_->running->wait_until_none();
  settings_->resolver->end();
}

TimePoint AsioEnvironment::now() const { return steady_now(); }

std::unique_ptr<DeadlineTimer> AsioEnvironment::make_timer(std::function<void()> callback) {
  return std::make_unique<AsioTimer>(executor_, settings_->running, std::move(callback));
}

std::shared_ptr<const ChannelSettings> AsioEnvironment::settings_for(const Address& address) const {
  auto settings = std::make_shared<ChannelSettings>(*settings_);
  settings->address = address;
  settings->establishment.address = address;
  return settings;
}

std::unique_ptr<Transport> AsioEnvironment::make_transport(const Address& address,
                                                           TransportListener& listener) {
  return std::make_unique<AsioTransport>(executor_, settings_for(address), listener);
}

std::unique_ptr<MonitorConnection> AsioEnvironment::make_monitor_connection(
    const Address& address, MonitorConnectionListener& listener) {
  return std::make_unique<AsioMonitorConnection>(
      std::make_shared<MonitorChannel>(executor_(), settings_for(address), listener));
}

ClientIdentity AsioEnvironment::identity() const {
  return {.client_metadata = settings_->establishment.client_metadata,
          .server_api = settings_->establishment.server_api,
          .on_function_service = !this_place().name.empty(),
          .abilities = {.tls = settings_->tls != nullptr,
                        .credential = settings_->establishment.credential.has_value(),
                        .load_balanced = settings_->establishment.load_balanced}};
}

std::size_t AsioEnvironment::choose(std::size_t count) {
  std::array<std::uint8_t, sizeof(std::size_t)> bytes{};
  fill_with_chance(bytes);
  return std::bit_cast<std::size_t>(bytes) % count;
}

std::uint64_t AsioEnvironment::process_generation() const { return current_process_generation(); }

}  // namespace cmap
