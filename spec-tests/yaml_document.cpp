// YAML by yaml-cpp. Its node graph types no scalars, keeps duplicate keys silently and explodes on
// alias bombs, so its parser events are taken instead and bounded as they come.
#include <istream>
#include <streambuf>
#include <string>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "spec-tests/scalar.hpp"
#include "spec-tests/syntax.hpp"

namespace cmap::spec_tests {
namespace {

/// Marks of yaml-cpp count from 0, and are negative where there is none.
Mark to_mark(const YAML::Mark& mark) {
  if (mark.line < 0 || mark.column < 0) return {};
  return {static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
}

class YamlHandler final : public YAML::EventHandler {
 public:
  explicit YamlHandler(DocumentBuilder& builder) : builder_(builder) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true)) {
      throw ParseStopped{to_mark(mark), "a second document; a file must hold exactly one"};
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (builder_.expects_key()) {
      builder_.bad_key(to_mark(mark), "a key is missing before \":\"");
      return;
    }
    builder_.scalar(Value(), to_mark(mark), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.alias(anchor, to_mark(mark));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    refuse_tag(tag, mark);
    if (builder_.expects_key()) {
      const bool is_quoted = tag == "!";
      if (text == "<<" && !is_quoted) return builder_.merge_key(to_mark(mark));
      return builder_.key(text, to_mark(mark));
    }
    if (tag == "!") {  // yaml-cpp's word for a quoted or block scalar
      builder_.scalar(Value(text), to_mark(mark), anchor);
      return;
    }
    auto value = plain_scalar(text);
    if (!value) {
      throw ParseStopped{to_mark(mark), "the number " + in_quotes(text) +
                                            " is out of range; expected one that fits 64 bits, or "
                                            "put it into quotation marks"};
    }
    builder_.scalar(std::move(*value), to_mark(mark), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_tag(tag, mark);
    builder_.begin_array(to_mark(mark), anchor);
  }
  void OnSequenceEnd() override { builder_.end(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_tag(tag, mark);
    builder_.begin_object(to_mark(mark), anchor);
  }
  void OnMapEnd() override { builder_.end(); }

  [[nodiscard]] bool started() const { return started_; }

 private:
  static void refuse_tag(const std::string& tag, const YAML::Mark& mark) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw ParseStopped{to_mark(mark), "the tag " + in_quotes(tag) +
                                          " is not supported; remove it (quotation marks make a "
                                          "text, none a number)"};
  }

  DocumentBuilder& builder_;
  bool started_ = false;
};

/// Reads from memory without a copy.
class MemoryBuffer final : public std::streambuf {
 public:
  explicit MemoryBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // NOLINT: a get area is never written to
    setg(begin, begin, begin + text.size());
  }
};

}  // namespace

void parse_yaml(std::string_view text, DocumentBuilder& builder) {
  MemoryBuffer buffer(text);
  std::istream stream(&buffer);
  YamlHandler handler(builder);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {
    }
  } catch (const YAML::Exception& error) {
    builder.throw_bad_key();  // that was before
    throw ParseStopped{to_mark(error.mark), "not YAML: " + error.msg};
  }
  if (!handler.started()) throw ParseStopped{{}, "no YAML document; expected a cmap-format file"};
}

}  // namespace cmap::spec_tests
