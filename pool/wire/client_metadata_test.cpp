// The client document of the handshake: environments, limits, wrapping libraries (D-HS-5 to 7).
#include "pool/wire/client_metadata.hpp"

#include <map>

#include <gtest/gtest.h>

namespace cmap::wire {
namespace {

using Variables = std::map<std::string, std::string>;

ClientEnvironment detect(const Variables& variables, bool in_docker = false) {
  return detect_environment(
      [&](const char* name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
      },
      in_docker);
}

ClientMetadata metadata(ClientEnvironment environment = {}) {
  return ClientMetadata(
      {.name = "cmap", .version = "1.0", .platform = "C++20"},
      {.type = "Linux", .name = "Debian", .architecture = "x86_64", .version = "12"},
      std::move(environment));
}

/// The text of an element by its path, "(none)" if there is none.
std::string at(const Document& document, std::initializer_list<const char*> path) {
  DocumentView view = document;
  std::optional<ElementView> element;
  for (const char* key : path) {
    element = view.find(key);
    if (!element) return "(none)";
    view = element->as_document().value_or(DocumentView());
  }
  return std::string(element->as_string().value_or("(not a text)"));
}

const Variables lambda = {{"AWS_EXECUTION_ENV", "AWS_Lambda_java8"},
                          {"AWS_REGION", "us-east-2"},
                          {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"}};

TEST(ClientEnvironment, TheNineOfTheSpecification) {
  EXPECT_EQ(detect(lambda),
            (ClientEnvironment{.name = "aws.lambda", .memory_mb = 1024, .region = "us-east-2"}));
  EXPECT_EQ(detect({{"FUNCTIONS_WORKER_RUNTIME", "node"}}),
            (ClientEnvironment{.name = "azure.func"}));
  EXPECT_EQ(
      detect({{"K_SERVICE", "servicename"},
              {"FUNCTION_MEMORY_MB", "1024"},
              {"FUNCTION_TIMEOUT_SEC", "60"},
              {"FUNCTION_REGION", "us-central1"}}),
      (ClientEnvironment{
          .name = "gcp.func", .timeout_sec = 60, .memory_mb = 1024, .region = "us-central1"}));
  EXPECT_EQ(detect({{"VERCEL", "1"}, {"VERCEL_REGION", "cdg1"}}),
            (ClientEnvironment{.name = "vercel", .region = "cdg1"}));
  EXPECT_EQ(
      detect({{"AWS_EXECUTION_ENV", "AWS_Lambda_java8"}, {"FUNCTIONS_WORKER_RUNTIME", "node"}}),
      ClientEnvironment{});
  EXPECT_EQ(
      detect({{"AWS_EXECUTION_ENV", "AWS_Lambda_java8"}, {"AWS_REGION", std::string(512, 'a')}}),
      (ClientEnvironment{.name = "aws.lambda", .region = std::string(512, 'a')}));
  EXPECT_EQ(detect({{"AWS_EXECUTION_ENV", "AWS_Lambda_java8"},
                    {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "big"}}),
            (ClientEnvironment{.name = "aws.lambda"}));
  EXPECT_EQ(detect({{"AWS_EXECUTION_ENV", "EC2"}}), ClientEnvironment{});
  Variables both = lambda;
  both["KUBERNETES_SERVICE_HOST"] = "1";
  EXPECT_EQ(detect(both), (ClientEnvironment{.name = "aws.lambda",
                                             .memory_mb = 1024,
                                             .region = "us-east-2",
                                             .container_orchestrator = "kubernetes"}));
}

TEST(ClientEnvironment, OtherSigns) {
  EXPECT_EQ(detect({{"AWS_LAMBDA_RUNTIME_API", "x"}}).name, "aws.lambda");
  EXPECT_EQ(detect({{"FUNCTION_NAME", "x"}}).name, "gcp.func");
  EXPECT_EQ(detect({{"FUNCTION_NAME", ""}}).name, "") << "empty is not set";
  EXPECT_EQ(detect({}, true).container_runtime, "docker");
  EXPECT_EQ(detect({}), ClientEnvironment{});
}

TEST(ClientEnvironment, VercelBeatsLambdaAndNothingElse) {
  Variables variables = lambda;
  variables["VERCEL"] = "1";
  EXPECT_EQ(detect(variables), (ClientEnvironment{.name = "vercel"}));
  variables["K_SERVICE"] = "x";
  EXPECT_EQ(detect(variables).name, "");
  EXPECT_EQ(detect({{"VERCEL", "1"}, {"FUNCTIONS_WORKER_RUNTIME", "x"}}).name, "");
}

TEST(ClientEnvironment, NumbersMustFitAndEnd) {
  for (const char* text : {"", "x", "12x", " 12", "2147483648", "1.5"}) {
    Variables variables = lambda;
    variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = text;
    EXPECT_FALSE(detect(variables).memory_mb) << text;
  }
}

TEST(ClientMetadata, TheWholeDocument) {
  ClientMetadata client = metadata(detect(lambda, true));
  EXPECT_FALSE(client.set_application_name("app"));
  EXPECT_EQ(client.document().to_json(),
            R"({ "application" : { "name" : "app" }, )"
            R"("driver" : { "name" : "cmap", "version" : "1.0" }, )"
            R"("os" : { "type" : "Linux", "name" : "Debian", "architecture" : "x86_64", )"
            R"("version" : "12" }, "platform" : "C++20", )"
            R"("env" : { "name" : "aws.lambda", "memory_mb" : 1024, "region" : "us-east-2", )"
            R"("container" : { "runtime" : "docker" } } })");
  EXPECT_EQ(client.document().find("env")->as_document()->find("memory_mb")->type(),
            ElementType::int32);
}

TEST(ClientMetadata, WhatIsEmptyIsLeftOut) {
  const ClientMetadata client({.name = "cmap", .version = "1.0"}, {});
  EXPECT_EQ(client.document().to_json(), R"({ "driver" : { "name" : "cmap", "version" : "1.0" }, )"
                                         R"("os" : { "type" : "unknown" } })");
}

TEST(ClientMetadata, ApplicationNamesHaveAtMost128Bytes) {
  ClientMetadata client = metadata();
  EXPECT_FALSE(client.set_application_name(std::string(128, 'a')));
  EXPECT_TRUE(client.set_application_name(std::string(129, 'b')));
  EXPECT_EQ(client.application_name(), std::string(128, 'a'));
}

/// With a platform that makes the document exactly so long, were it not for the limit.
ClientMetadata of_size(std::size_t size, const ClientEnvironment& environment) {
  const OperatingSystem os{.type = "Linux", .name = "Debian", .architecture = "x86_64"};
  const std::size_t with_one =
      ClientMetadata({.name = "cmap", .version = "1.0", .platform = "x"}, os, environment)
          .document()
          .bytes()
          .size();
  return ClientMetadata(
      {.name = "cmap", .version = "1.0", .platform = std::string(size - with_one + 1, 'x')}, os,
      environment);
}

TEST(ClientMetadata, Exactly512BytesAreFine) {
  const ClientEnvironment environment = detect(lambda);
  for (const std::size_t size : {511U, 512U}) {
    const Document document = of_size(size, environment).document();
    EXPECT_EQ(document.bytes().size(), size);
    EXPECT_EQ(at(document, {"env", "region"}), "us-east-2");
  }
  const Document document = of_size(513, environment).document();
  EXPECT_LT(document.bytes().size(), 512U);
  EXPECT_EQ(at(document, {"env", "region"}), "(none)");
  EXPECT_EQ(at(document, {"env", "name"}), "aws.lambda");
  EXPECT_EQ(at(document, {"os", "name"}), "Debian");
}

TEST(ClientMetadata, ShrinksInTheSpecifiedOrder) {
  const ClientEnvironment environment = detect(lambda, true);
  // Each more than the step before can save.
  const Document without_os = of_size(512 + 90, environment).document();
  EXPECT_EQ(at(without_os, {"env", "name"}), "aws.lambda");
  EXPECT_EQ(at(without_os, {"os", "name"}), "(none)");
  EXPECT_EQ(at(without_os, {"os", "type"}), "Linux");

  const Document without_environment = of_size(512 + 140, environment).document();
  EXPECT_EQ(at(without_environment, {"env"}), "(none)");
  EXPECT_EQ(at(without_environment, {"os", "type"}), "Linux");

  const Document cut = of_size(512 + 400, environment).document();
  EXPECT_EQ(at(cut, {"env"}), "(none)");
  EXPECT_EQ(cut.bytes().size(), 512U);
  EXPECT_EQ(at(cut, {"driver", "version"}), "1.0");
}

TEST(ClientMetadata, ALongRegionGoes) {
  const Document document =
      metadata(ClientEnvironment{.name = "aws.lambda", .region = std::string(512, 'a')}).document();
  EXPECT_LE(document.bytes().size(), 512U);
  EXPECT_EQ(at(document, {"env", "name"}), "aws.lambda");
  EXPECT_EQ(at(document, {"env", "region"}), "(none)");
  EXPECT_EQ(at(document, {"os", "version"}), "12");
}

TEST(ClientMetadata, NoCharacterIsCutIntoPieces) {
  for (std::size_t shift = 0; shift < 3; ++shift) {
    std::string platform(shift, 'x');
    for (int i = 0; i < 300; ++i) platform += "\u20AC";
    const Document document =
        ClientMetadata({.name = "cmap", .version = "1", .platform = platform}, {}).document();
    EXPECT_TRUE(Document::parse(document.bytes())) << shift;
    EXPECT_GT(document.bytes().size(), 512U - 3U);
    EXPECT_LE(document.bytes().size(), 512U);
  }
}

TEST(ClientMetadata, EvenRequiredTextsAreCutInTheEnd) {
  ClientMetadata client = metadata();
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(client.append({.name = "library" + std::to_string(i), .version = "1.2"}));
  }
  const Document document = client.document();
  EXPECT_LE(document.bytes().size(), 512U);
  EXPECT_TRUE(at(document, {"driver", "name"}).starts_with("cmap|library0|"));
  EXPECT_EQ(at(document, {"os", "type"}), "Linux");
}

TEST(ClientMetadata, WrappingLibrariesAppend) {
  ClientMetadata client = metadata();
  EXPECT_FALSE(client.append({.name = "library", .version = "1.2", .platform = "Platform"}));
  EXPECT_FALSE(client.append({.name = "framework"}));
  const Document document = client.document();
  EXPECT_EQ(at(document, {"driver", "name"}), "cmap|library|framework");
  EXPECT_EQ(at(document, {"driver", "version"}), "1.0|1.2");
  EXPECT_EQ(at(document, {"platform"}), "C++20|Platform");
}

TEST(ClientMetadata, TheSameInformationIsAppendedOnce) {
  ClientMetadata client = metadata();
  const DriverInfo library{.name = "library", .version = "1.2"};
  for (const DriverInfo& info : {library, library, DriverInfo{.name = "framework"}, library,
                                 DriverInfo{.name = "library", .version = "2.0"}}) {
    EXPECT_FALSE(client.append(info));
  }
  EXPECT_EQ(at(client.document(), {"driver", "name"}), "cmap|library|framework|library");
  EXPECT_EQ(at(client.document(), {"driver", "version"}), "1.0|1.2|2.0");
}

TEST(ClientMetadata, TheDelimiterIsRefused) {
  ClientMetadata client = metadata();
  EXPECT_TRUE(client.append({.name = "a|b"}));
  EXPECT_TRUE(client.append({.name = "a", .version = "1|2"}));
  EXPECT_TRUE(client.append({.name = "a", .platform = "|"}));
  EXPECT_EQ(client.document(), metadata().document());
}

}  // namespace
}  // namespace cmap::wire
