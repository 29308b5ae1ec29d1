// Reads the command line, finds the command, explains what it does not understand.
#include "tools/cmap/program.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "pool/client/connection_string.hpp"
#include "spec-tests/problem.hpp"
#include "tools/cmap/commands.hpp"

namespace cmap::tools {
namespace {

constexpr const char* about =
    "A connection pool by the CMAP specification, proved on a virtual clock.";

constexpr const char* examples = R"(
Examples:
  cmap replay                        all scenarios that are compiled in
  cmap replay pool-close.yml tests/  a file, and everything in a folder
  cmap judge events.jsonl            the events of any driver's pool
  cmap serve --port 0                a small MongoDB server on loopback
  cmap monitor URI                   every pool event of a deployment
  cmap fuzz --for 1m                 scenarios and schedules at random
  cmap explore                       every schedule of 480 small scenarios
  cmap soak --for 1m                 real pools under faults at random
  cmap replay --help                 all about a command

Exit status: 0 all is well, 1 something failed, 2 bad input or wrong use.)";

class Help : public CLI::Formatter {
 public:
  Help() { column_width(26); }

  /// A flag that may have a value: "--log[=json]" says it better than "--log{text}".
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    std::string name = Formatter::make_option_name(option, is_positional);
    const std::size_t brace = name.find("{text}");
    return brace == std::string::npos ? name : name.replace(brace, 6, "[=json]");
  }
};

class Program {
 public:
  explicit Program(Console& console) : console_(console), parser_(about, "cmap") {
    parser_.formatter(std::make_shared<Help>());
    parser_.set_version_flag("--version", std::string("cmap ") + CMAP_VERSION,
                             "print the version and exit");
    parser_.set_help_flag("-h,--help", "print this help and exit");
    parser_.footer(examples);
    commands_.push_back(add_replay(parser_));
    commands_.push_back(add_fuzz(parser_));
    commands_.push_back(add_explore(parser_));
    commands_.push_back(add_judge(parser_));
    commands_.push_back(add_serve(parser_));
    commands_.push_back(add_monitor(parser_));
    commands_.push_back(add_soak(parser_));
    for (const Command& command : commands_) {
      command.parser->set_help_flag("-h,--help", "print this help and exit");
    }
  }

  ExitStatus run(int argc, char** argv) {
    try {
      parser_.parse(argc, argv);
      for (const Command& command : commands_) {
        if (command.parser->parsed()) return command.run(console_);
      }
      console_.warn(parser_.help());
      console_.error("a command is missing", "to begin with: cmap replay");
    } catch (const CLI::CallForHelp&) {
      return print(help_of(asked()));
    } catch (const CLI::CallForVersion& version) {
      return print(std::string(version.what()) + '\n');
    } catch (const CLI::ExtrasError&) {
      explain_extras();
    } catch (const CLI::ParseError& error) {
      console_.error(error.what(), see_help());
    } catch (const BadUse& error) {
      console_.error(error.what(), error.advice().empty() ? see_help() : error.advice());
    }
    return ExitStatus::bad_use;
  }

 private:
  ExitStatus print(const std::string& text) {
    console_.say(text);
    return console_.finish() ? ExitStatus::good : ExitStatus::bad_use;
  }

  std::string help_of(const CLI::App& app) {
    return app.help(&app == &parser_ ? "" : parser_.get_name());
  }

  /// What the user was talking to: a command, or the program.
  CLI::App& asked() {
    const auto subcommands = parser_.get_subcommands();
    return subcommands.empty() ? parser_ : *subcommands.front();
  }

  std::string see_help() {
    CLI::App& app = asked();
    return "see: cmap " + (&app == &parser_ ? "" : app.get_name() + ' ') + "--help";
  }

  void explain_extras() {
    const std::string word = parser_.remaining(true).front();
    if (word.starts_with('-')) {
      explain_option(word.substr(0, word.find('=')));
    } else if (&asked() != &parser_) {
      explain_argument(word);
    } else {
      explain_command(word);
    }
  }

  void explain_option(const std::string& name) {
    const std::vector<std::string> names = option_names(asked());
    // The program takes hardly any, so this one stands before its command.
    if (std::ranges::find(names, name) != names.end()) {
      return console_.error(spec_tests::printable(name) + " stands before the command",
                            "write: cmap " + asked().get_name() + ' ' + name + " ...");
    }
    console_.error("there is no option " + spec_tests::printable(name) +
                       spec_tests::did_you_mean(name, views(names)),
                   see_help());
  }

  /// Commands that take any number of words leave none over.
  void explain_argument(const std::string& word) {
    std::string taken;
    for (const CLI::Option* option : asked().get_options()) {
      if (option->get_positional()) taken += "one " + option->get_name(true);
    }
    console_.error("cmap " + asked().get_name() + " takes " +
                       (taken.empty() ? "no argument" : taken) + ": " +
                       spec_tests::in_quotes(without_password(word)) + " is one too many",
                   see_help());
  }

  void explain_command(const std::string& word) {
    std::error_code ignored;
    const std::string hint = std::filesystem::exists(word, ignored)
                                 ? "to replay it: cmap replay " + shell_word(word)
                                 : see_help();
    console_.error("there is no command " + spec_tests::in_quotes(word) +
                       spec_tests::did_you_mean(word, views(command_names())),
                   hint);
  }

  static std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
  }

  [[nodiscard]] std::vector<std::string> command_names() const {
    std::vector<std::string> names;
    for (const Command& command : commands_) names.push_back(command.parser->get_name());
    return names;
  }

  /// Valid as long as `names`: until the end of the expression for a temporary.
  static std::vector<std::string_view> views(const std::vector<std::string>& names) {
    return {names.begin(), names.end()};
  }

  Console& console_;
  CLI::App parser_;
  std::vector<Command> commands_;
};

}  // namespace

ExitStatus run_program(int argc, char** argv) {
  Console console(argc > 0 ? argv[0] : "cmap");
  const ExitStatus status = Program(console).run(argc, argv);
  const bool written = console.finish();
  return written || status != ExitStatus::good ? status : ExitStatus::bad_use;
}

}  // namespace cmap::tools
