// The document, and how it is shrunk to its limit.
#include "pool/wire/client_metadata.hpp"

#include <algorithm>
#include <utility>

#include "pool/wire/bson_builder.hpp"

namespace cmap::wire {
namespace {

constexpr char delimiter = '|';

void add(DocumentBuilder& builder, std::string_view key, const std::string& text) {
  if (!text.empty()) builder.string(key, text);
}

void add(DocumentBuilder& builder, std::string_view key, const Document& document) {
  if (!document.view().empty()) builder.document(key, document);
}

Document container_document(const ClientEnvironment& environment) {
  DocumentBuilder builder;
  add(builder, "runtime", environment.container_runtime);
  add(builder, "orchestrator", environment.container_orchestrator);
  return builder.build();
}

Document environment_document(const ClientEnvironment& environment) {
  DocumentBuilder builder;
  add(builder, "name", environment.name);
  if (environment.timeout_sec) builder.int32("timeout_sec", *environment.timeout_sec);
  if (environment.memory_mb) builder.int32("memory_mb", *environment.memory_mb);
  add(builder, "region", environment.region);
  add(builder, "container", container_document(environment));
  return builder.build();
}

Document os_document(const OperatingSystem& os) {
  DocumentBuilder builder;
  builder.string("type", os.type.empty() ? "unknown" : os.type);
  add(builder, "name", os.name);
  add(builder, "architecture", os.architecture);
  add(builder, "version", os.version);
  return builder.build();
}

/// Everything that can be told, before or after it was shrunk.
struct Parts {
  std::string application_name;
  DriverInfo driver;
  OperatingSystem os;
  ClientEnvironment environment;

  [[nodiscard]] Document document() const {
    DocumentBuilder builder;
    if (!application_name.empty()) {
      builder.document("application", DocumentBuilder().string("name", application_name).build());
    }
    builder.document(
        "driver",
        DocumentBuilder().string("name", driver.name).string("version", driver.version).build());
    builder.document("os", os_document(os));
    add(builder, "platform", driver.platform);
    add(builder, "env", environment_document(environment));
    return builder.build();
  }
};

/// Shortens by at least `excess` bytes, to the end of a character.
void cut(std::string& text, std::size_t excess) {
  std::size_t size = text.size() - std::min(excess, text.size());
  const auto inside_character = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  while (size > 0 && size < text.size() && inside_character(size)) --size;
  text.resize(size);
}

void join(std::string& text, const std::string& more) {
  if (more.empty()) return;
  if (!text.empty()) text += delimiter;
  text += more;
}

}  // namespace

std::optional<Failure> ClientMetadata::set_application_name(std::string name) {
  if (name.size() > max_application_name) {
    return Failure{"appName has " + std::to_string(name.size()) +
                   " bytes; at most 128 are allowed"};
  }
  application_name_ = std::move(name);
  return std::nullopt;
}

std::optional<Failure> ClientMetadata::append(const DriverInfo& info) {
  for (const std::string* text : {&info.name, &info.version, &info.platform}) {
    if (text->find(delimiter) != std::string::npos) {
      return Failure{"driver information must not contain '|': " + *text};
    }
  }
  if (std::find(appended_.begin(), appended_.end(), info) != appended_.end()) return std::nullopt;
  appended_.push_back(info);
  return std::nullopt;
}

Document ClientMetadata::document() const {
  Parts parts{.application_name = application_name_,
              .driver = driver_,
              .os = os_,
              .environment = environment_};
  for (const DriverInfo& info : appended_) {
    join(parts.driver.name, info.name);
    join(parts.driver.version, info.version);
    join(parts.driver.platform, info.platform);
  }
  Document document = parts.document();
  const auto excess = [&] {
    const std::size_t size = document.bytes().size();
    return size > max_client_metadata ? size - max_client_metadata : 0;
  };

  if (excess() > 0) {
    parts.environment = ClientEnvironment{.name = parts.environment.name};
    document = parts.document();
  }
  if (excess() > 0) {
    parts.os = OperatingSystem{.type = parts.os.type};
    document = parts.document();
  }
  if (excess() > 0) {
    parts.environment = {};
    document = parts.document();
  }
  // The specification ends with the platform. What libraries append has no limit, so the required
  // texts follow: a short name is better than no connection.
  for (std::string* text :
       {&parts.driver.platform, &parts.driver.version, &parts.driver.name, &parts.os.type}) {
    if (excess() == 0) break;
    cut(*text, excess());
    document = parts.document();
  }
  return document;
}

}  // namespace cmap::wire
