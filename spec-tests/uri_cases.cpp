// Reads tests of connection strings, and compares what the parser makes of each.
#include "spec-tests/uri_cases.hpp"

#include <memory>
#include <span>
#include <utility>

#include "pool/client/connection_string.hpp"
#include "spec-tests/object_reader.hpp"
#include "spec-tests/scenario_file.hpp"
#include "spec-tests/uri_values.hpp"

namespace cmap::spec_tests {
namespace {

/// Everything that one test expects; null is not compared.
struct UriTest {
  Mark mark;
  std::string uri;
  Mark uri_mark;
  bool valid = true;
  Value warning, hosts, auth, options;
  /// Here null says that there is none; without the key nothing is compared.
  std::optional<Value> credential;
};

Value value_or_null(const Value* value) { return value ? *value : Value(); }

class UriComparison {
 public:
  UriComparison(const UriTest& test, const std::string& path) : test_(test), path_(path) {}

  std::vector<Problem> take() {
    const auto read = read_connection_string(test_.uri);
    if (!test_.valid) {
      if (read) differ(test_.uri_mark, "must be refused, and is accepted");
    } else if (!read) {
      differ(test_.uri_mark, "must be accepted, and is refused: " + read.error());
    } else {
      compare(*read);
    }
    return std::move(differences_);
  }

 private:
  void compare(const ConnectionString& read) {
    if (const bool* expected = test_.warning.boolean()) {
      const bool warns = !read.warnings.empty();
      if (*expected && !warns) differ(test_.warning.mark, "expected a warning, and there is none");
      if (!*expected && warns) {
        differ(test_.warning.mark, "expected no warning, and it warns: " + read.warnings.front());
      }
    }
    if (const auto* hosts = test_.hosts.array()) compare_hosts(*hosts, read.hosts);
    compare_members(test_.auth, "auth.", [&](std::string_view key) { return auth(read, key); });
    compare_members(test_.options, "options.",
                    [&](std::string_view key) { return uri_option_value(read, key); });
    if (test_.credential) compare_credential(*test_.credential, read.options.credential);
  }

  void compare_hosts(const Value::Array& expected, std::span<const Address> hosts) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const std::string what = "hosts[" + std::to_string(i) + "]";
      if (i >= hosts.size()) {
        differ(expected[i].mark, what + " is missing");
        continue;
      }
      // What type of a host it is need not be compared.
      compare_members(expected[i], what + '.', [&](std::string_view key) {
        return key == "type" ? std::optional(value_or_null(expected[i].find(key)))
                             : host_value(hosts[i], key);
      });
    }
    if (hosts.size() > expected.size()) {
      differ(test_.hosts.mark, "expected " + std::to_string(expected.size()) +
                                   " hosts, but there are " + std::to_string(hosts.size()));
    }
  }

  void compare_credential(const Value& expected, const std::optional<wire::Credential>& actual) {
    if (expected.is_null() != !actual) {
      differ(expected.mark, actual ? "expected no credential, and there is one"
                                   : "expected a credential, and there is none");
    } else if (actual) {
      compare_members(expected, "credential.",
                      [&](std::string_view key) { return credential_value(*actual, key); });
    }
  }

  static std::optional<Value> auth(const ConnectionString& read, std::string_view key) {
    if (key == "db") return Value(read.database);
    return read.options.credential ? credential_value(*read.options.credential, key) : Value();
  }

  /// `actual_of` answers nothing for a key that it does not know.
  template <typename ActualOf>
  void compare_members(const Value& expected, const std::string& prefix,
                       const ActualOf& actual_of) {
    const Value::Object* members = expected.object();
    if (members == nullptr) return;
    for (const Member& member : *members) {
      const std::optional<Value> actual = actual_of(member.key);
      const std::string what = prefix + member.key;
      if (!actual) {
        differ(member.mark, what + " is not known to this runner");
      } else if (!member.value.is_null() && !same_value(member.value, *actual)) {
        differ(member.value.mark,
               what + ": expected " + to_text(member.value) + ", but it is " + to_text(*actual));
      }
    }
  }

  void differ(Mark mark, std::string message) {
    differences_.push_back({path_, mark, std::move(message)});
  }

  const UriTest& test_;
  const std::string& path_;
  std::vector<Problem> differences_;
};

/// What the string asks for and this client does not have.
std::string misfit_of(const std::string& uri) {
  const auto read = read_connection_string(uri);
  return read ? read->unsupported : "";
}

/// Of a null or an object, an array; another type is a problem.
Value read_kind(const Value* value, std::string_view what, Value::Kind kind, Problems& problems) {
  if (value == nullptr || value->is_null()) return {};
  if (value->kind() == kind) return *value;
  problems.add(value->mark, std::string(what) + ": expected " + std::string(kind_name(kind)) +
                                " or null, not " + to_text(*value));
  return {};
}

Case read_test(const Value& value, std::size_t number, const std::string& path,
               Problems& problems) {
  ObjectReader keys(value, "a test", problems);
  const auto test = std::make_shared<UriTest>();
  test->mark = keys.mark();
  Case made{.name = scenario_name(path) + '/' + std::to_string(number), .path = path};
  made.description = read_string(keys.need("description"), "description", problems).value_or("");
  if (const Value* uri = keys.need("uri")) {
    // Unlike other texts it may be empty.
    if (uri->text() == nullptr) problems.add(uri->mark, "uri must be a text");
    test->uri = uri->text() ? *uri->text() : "";
    test->uri_mark = uri->mark;
  }
  test->valid = read_boolean(keys.need("valid"), "valid", problems).value_or(true);
  using Kind = Value::Kind;
  test->warning = read_kind(keys.find("warning"), "warning", Kind::boolean, problems);
  test->hosts = read_kind(keys.find("hosts"), "hosts", Kind::array, problems);
  test->auth = read_kind(keys.find("auth"), "auth", Kind::object, problems);
  test->options = read_kind(keys.find("options"), "options", Kind::object, problems);
  if (const Value* credential = keys.find("credential")) {
    test->credential = read_kind(credential, "credential", Kind::object, problems);
    test->credential->mark = credential->mark;
  }
  keys.finish();
  made.misfit = misfit_of(test->uri);
  made.differences = [test, path](const CaseRun&) { return UriComparison(*test, path).take(); };
  return made;
}

}  // namespace

bool holds_uri_cases(const Value& document) {
  const Value* tests = document.find("tests");
  const Value::Array* list = tests ? tests->array() : nullptr;
  return list && !list->empty() && list->front().find("uri") && list->front().find("valid");
}

CasesResult read_uri_cases(const Value& document, const std::string& path) {
  CasesResult result;
  Problems problems(path);
  ObjectReader keys(document, "the file", problems);
  std::size_t number = 0;
  for (const Value& test : read_list(keys.need("tests"), "tests", problems)) {
    result.cases.push_back(read_test(test, ++number, path, problems));
  }
  keys.finish();
  result.problems = problems.take();
  if (!result.problems.empty()) result.cases.clear();
  return result;
}

}  // namespace cmap::spec_tests
