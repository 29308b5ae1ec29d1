// Reads the reply field by field.
#include "pool/wire/hello_reply.hpp"

#include <limits>
#include <utility>

namespace cmap::wire {
namespace {

/// The elements of a document, walked through once for all that is asked for.
class Fields {
 public:
  explicit Fields(DocumentView document) {
    for (const ElementView& element : document) elements_.push_back(element);
  }

  [[nodiscard]] std::optional<ElementView> find(std::string_view key) const {
    for (const ElementView& element : elements_) {
      if (element.key() == key) return element;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::optional<std::string_view> find_string(std::string_view key) const {
    const auto element = find(key);
    return element ? element->as_string() : std::nullopt;
  }
  [[nodiscard]] std::optional<std::int64_t> find_whole_number(std::string_view key) const {
    const auto element = find(key);
    return element ? element->as_whole_number() : std::nullopt;
  }
  [[nodiscard]] std::optional<bool> find_flag(std::string_view key) const {
    const auto element = find(key);
    return element ? element->as_flag() : std::nullopt;
  }
  [[nodiscard]] std::optional<DocumentView> find_document(std::string_view key) const {
    const auto element = find(key);
    return element ? element->as_document() : std::nullopt;
  }
  [[nodiscard]] std::optional<DocumentView> find_array(std::string_view key) const {
    const auto element = find(key);
    return element ? element->as_array() : std::nullopt;
  }

 private:
  std::vector<ElementView> elements_;
};

std::optional<std::string> text(const Fields& reply, std::string_view key) {
  const std::optional<std::string_view> found = reply.find_string(key);
  if (!found) return std::nullopt;
  return std::string(*found);
}

bool flag(const Fields& reply, std::string_view key) {
  return reply.find_flag(key).value_or(false);
}

std::int32_t int32_or(const Fields& reply, std::string_view key, std::int32_t otherwise) {
  const std::optional<std::int64_t> found = reply.find_whole_number(key);
  using Limits = std::numeric_limits<std::int32_t>;
  if (!found || *found < Limits::min() || *found > Limits::max()) return otherwise;
  return static_cast<std::int32_t>(*found);
}

std::optional<ObjectId> object_id(const Fields& reply, std::string_view key) {
  const std::optional<ElementView> found = reply.find(key);
  return found ? found->as_object_id() : std::nullopt;
}

std::optional<std::vector<std::string>> texts(const Fields& reply, std::string_view key) {
  const std::optional<DocumentView> array = reply.find_array(key);
  if (!array) return std::nullopt;
  std::vector<std::string> found;
  for (const ElementView& element : *array) {
    if (const auto each = element.as_string()) found.emplace_back(*each);
  }
  return found;
}

std::map<std::string, std::string> tags(const Fields& reply) {
  std::map<std::string, std::string> found;
  const std::optional<DocumentView> document = reply.find_document("tags");
  if (!document) return found;
  for (const ElementView& element : *document) {
    if (const auto value = element.as_string()) found.emplace(element.key(), *value);
  }
  return found;
}

std::optional<Date> last_write_date(const Fields& reply) {
  const std::optional<DocumentView> last_write = reply.find_document("lastWrite");
  const std::optional<ElementView> date =
      last_write ? last_write->find("lastWriteDate") : std::nullopt;
  return date ? date->as_date() : std::nullopt;
}

void read_replica_set(HelloReply& reply, const Fields& view) {
  const std::optional<bool> writable = view.find_flag("isWritablePrimary");
  reply.is_writable_primary = writable ? *writable : flag(view, "ismaster");
  reply.secondary = flag(view, "secondary");
  reply.arbiter_only = flag(view, "arbiterOnly");
  reply.hidden = flag(view, "hidden");
  reply.is_replica_set = flag(view, "isreplicaset");
  reply.set_name = text(view, "setName");
  reply.hosts = texts(view, "hosts").value_or(std::vector<std::string>());
  reply.passives = texts(view, "passives").value_or(std::vector<std::string>());
  reply.arbiters = texts(view, "arbiters").value_or(std::vector<std::string>());
  reply.me = text(view, "me");
  reply.primary = text(view, "primary");
  reply.set_version = view.find_whole_number("setVersion");
  reply.election_id = object_id(view, "electionId");
  reply.tags = tags(view);
  reply.last_write_date = last_write_date(view);
  reply.topology_version = topology_version_of(reply.document);
}

void read_limits(HelloReply& reply, const Fields& view) {
  reply.min_wire_version = int32_or(view, "minWireVersion", reply.min_wire_version);
  reply.max_wire_version = int32_or(view, "maxWireVersion", reply.max_wire_version);
  reply.max_bson_object_size = int32_or(view, "maxBsonObjectSize", reply.max_bson_object_size);
  reply.max_message_size = int32_or(view, "maxMessageSizeBytes", reply.max_message_size);
  reply.max_write_batch_size = int32_or(view, "maxWriteBatchSize", reply.max_write_batch_size);
  reply.logical_session_timeout_minutes = view.find_whole_number("logicalSessionTimeoutMinutes");
}

}  // namespace

std::optional<TopologyVersion> topology_version_of(DocumentView reply) {
  const std::optional<DocumentView> version = reply.find_document("topologyVersion");
  if (!version) return std::nullopt;
  const std::optional<ObjectId> process_id = object_id(Fields(*version), "processId");
  const std::optional<std::int64_t> counter = version->find_whole_number("counter");
  if (!process_id || !counter) return std::nullopt;
  return TopologyVersion{.process_id = *process_id, .counter = *counter};
}

HelloReply HelloReply::from(Document document) {
  HelloReply reply;
  reply.document = std::move(document);
  const Fields view(reply.document);
  reply.ok = flag(view, "ok");
  reply.code = int32_or(view, "code", 0);
  reply.error_message = text(view, "errmsg").value_or("");
  reply.hello_ok = flag(view, "helloOk");
  reply.message = text(view, "msg").value_or("");
  read_replica_set(reply, view);
  read_limits(reply, view);
  if (const std::optional<ObjectId> id = object_id(view, "serviceId")) {
    reply.service_id = ServiceId(id->bytes);
  }
  reply.connection_id = view.find_whole_number("connectionId");
  reply.sasl_supported_mechs = texts(view, "saslSupportedMechs");
  if (const auto speculative = view.find_document("speculativeAuthenticate")) {
    reply.speculative_authenticate = Document(*speculative);
  }
  return reply;
}

}  // namespace cmap::wire
