#include "options.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <climits>
#include <filesystem>
#include <functional>
#include <string_view>
#include <utility>

#include "app/host/modules_with.h"
#include "config_file.h"
#include "env_file.h"
#include "key_suggestion.h"
#include "ntm/base/build_info.h"
#include "ntm/base/error.h"
#include "ntm/flow/flow_table.h"
#include "ntm/module/option_declarer.h"
#include "option_groups.h"
#include "option_help.h"
#include "option_sources.h"
#include "option_values.h"
#include "subcommands.h"

namespace ntm {
namespace {

// The state of one ParseOptions() call.
class Parser {
 public:
  Parser(const std::string& default_config,
         std::vector<std::unique_ptr<Module>>& modules)
      : default_config_(default_config), sources_(app_) {
    // A later flag replaces an earlier one, so that wrapper scripts can set
    // defaults.
    app_.option_defaults()
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->always_capture_default();
    app_.footer(
        "Every option that names a variable (env …) can also be set in the "
        "configuration\nfile, under its long name. A flag overrides a "
        "variable, a variable the file, and\nthe file the default.");
    AddConfigurationOptions();
    for (Subcommand& subcommand : OwnSubcommands()) {
      subcommands_.push_back({declarer_.topic(), std::move(subcommand)});
    }
    AddCaptureOptions(declarer_, options_);
    AddFileOptions(declarer_, options_);
    AddAccountingOptions(declarer_, options_);
    AddHttpOptions(declarer_, options_);
    AddSecurityOptions(declarer_, options_);
    AddLogOptions(declarer_, options_);
    AddLogFileOptions(declarer_, options_);
    AddConsoleOptions(declarer_, options_);
    for (const std::unique_ptr<Module>& module : modules) {
      declarer_.BeginTopic(std::string(module->name()));
      module->AddOptions(declarer_);
      if (auto* command_line = PartOf<CommandLine>(module)) {
        for (Subcommand& subcommand : command_line->Subcommands()) {
          subcommands_.push_back({declarer_.topic(), std::move(subcommand)});
        }
      }
    }
  }

  Options Parse(int argc, const char* const* argv) {
    // CLI11 expects the arguments in reverse order.
    std::vector<std::string> words;
    for (int i = argc - 1; i > 0; --i) words.emplace_back(argv[i]);
    RefuseEmptyAssignments(words);
    try {
      app_.parse(words);
    } catch (const CLI::CallForHelp&) {
      return Print(HelpAskedFor(argc, argv));
    } catch (const CLI::ArgumentMismatch& error) {
      const std::string text = error.what();
      throw Error(
          text.substr(0, text.find(':')) + ": a value is missing" + kSeeHelp,
          kExitUsage);
    } catch (const CLI::ParseError& error) {
      throw Error(error.what() + std::string(kSeeHelp), kExitUsage);
    }
    ResolveListenAddresses();
    CheckCombinations();
    const std::vector<std::string>& warnings = sources_.warnings();
    options_.warnings.insert(options_.warnings.end(), warnings.begin(),
                             warnings.end());
    if (check_config_) {
      options_.action = Action::kCheckConfig;
      options_.text = "configuration ok\n" + sources_.Describe();
      return std::move(options_);
    }
    if (version_) {
      return Print(std::string("ntm ") + kVersion + " (" + kRevision + ", " +
                   kCompiler + ")\n");
    }
    if (list_interfaces_) options_.action = Action::kListInterfaces;
    options_.paths = ExistingPaths();
    options_.environment = sources_.ForEnvironment();
    options_.words.assign(argv, argv + argc);
    for (const CLI::Option* option : app_.get_options()) {
      const std::vector<std::string>& results = option->results();
      if (!option->get_configurable()) continue;
      options_.settings[OptionName(*option)] = CLI::detail::join(results, ",");
    }
    if (check_health_) options_.action = Action::kCheckHealth;
    return std::move(options_);
  }

  std::string Help(const std::vector<std::string>& words) const {
    if (words.empty()) return ShortHelp(contents_);
    if (words.size() > 1) {
      throw Error("ntm help takes one word, a topic or a subcommand",
                  kExitUsage);
    }
    if (auto text = HelpOn(contents_, words.front())) return *std::move(text);
    throw Error(NoHelpOn(contents_, words.front()), kExitUsage);
  }

 private:
  // A word after --help chooses the text if there is help on it. Else it is
  // part of a command line that --help was added to.
  std::string HelpAskedFor(int argc, const char* const* argv) const {
    constexpr std::string_view kWithTopic = "--help=";
    for (int i = 1; i < argc; ++i) {
      const std::string_view word = argv[i];
      if (word.starts_with(kWithTopic)) {
        return Help({std::string(word.substr(kWithTopic.size()))});
      }
      if (word != "-h" && word != "--help") continue;
      if (i + 1 == argc) break;
      if (auto text = HelpOn(contents_, argv[i + 1])) return *std::move(text);
    }
    return ShortHelp(contents_);
  }

  void AddConfigurationOptions() {
    declarer_.BeginTopic("config",
                         "configuration file, variables, checks, this help");
    app_.set_help_flag("-h,--help",
                       "Print one screen of help and exit; --help all prints "
                       "every option, --help TOPIC those of a topic");
    declarer_.AddFlag("--version", version_, "Print the version and exit")
        .FlagOnly();
    declarer_
        .AddFlag("-D,--list-interfaces", list_interfaces_,
                 "List the interfaces of this machine and exit")
        .FlagOnly();
    declarer_
        .AddFlag("--check-config", check_config_,
                 "Check the configuration, print each setting and where it "
                 "was set, and exit")
        .FlagOnly();
    declarer_
        .AddFlag("--health-check", check_health_,
                 "Ask the ntm that runs with these options whether it is "
                 "ready (/-/ready), and exit: with code 0 if it is")
        .FlagOnly();
    declarer_
        .AddText("--env-file", env_file_, "FILE",
                 "File with environment variables, one NAME=value per line; "
                 "variables that are already set keep their values")
        .FlagOnly();
    // CLI11 runs callbacks in the order of declaration: before those of all
    // settings, the other sources come in here.
    CLI::callback_t read_all = [this](const CLI::results_t& results) {
      ReadSources(results.back());
      return true;
    };
    app_.add_option("-c,--config", std::move(read_all),
                    "Configuration file in YAML (default " +
                        std::string(kDefaultConfigPath) +
                        " if it exists; env NTM_CONFIG)")
        ->type_name("FILE")
        ->configurable(false)
        ->force_callback();
  }

  void ReadSources(std::string path) {
    if (app_.get_help_ptr()->count() > 0) throw CLI::CallForHelp();
    RefuseUnknownFlags();
    if (version_) return;
    if (!env_file_.empty()) sources_.SetFileVariables(ReadEnvFile(env_file_));
    if (path.empty()) path = sources_.Variable("NTM_CONFIG");
    if (path.empty() && HasDefaultConfig()) path = default_config_;
    options_.config_path = path;
    sources_.Resolve(
        path.empty() ? std::vector<FileSetting>() : ReadConfigFile(path), path);
  }

  // Throws if the file may exist but its folder cannot be searched.
  bool HasDefaultConfig() const {
    std::error_code error;
    const bool is_there = std::filesystem::exists(default_config_, error);
    if (!error) return is_there;
    throw Error("cannot look for " + default_config_ + ": " + error.message() +
                "; give this user access to its folder, or name a file with "
                "-c");
  }

  // CLI11 would use the next word as the value of "--name=".
  static void RefuseEmptyAssignments(const std::vector<std::string>& words) {
    for (auto word = words.rbegin(); word != words.rend() && *word != "--";
         ++word) {
      if (word->size() > 3 && word->compare(0, 2, "--") == 0 &&
          word->back() == '=' && word->find('=') == word->size() - 1) {
        throw Error(*word + " has no value" + kSeeHelp, kExitUsage);
      }
    }
  }

  void RefuseUnknownFlags() {
    if (app_.remaining_size() == 0) return;
    std::vector<std::string> known;
    for (const CLI::Option* option : app_.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        known.push_back("--" + name);
      }
    }
    for (const std::string& word : app_.remaining()) {
      if (word == "--") continue;
      const std::string flag = word.substr(0, word.find('='));
      const std::string nearest =
          word.size() > 2 ? Nearest(flag, known) : std::string();
      throw Error("unknown option " + flag +
                      (nearest.empty()
                           ? "; see ntm --help all"
                           : "; did you mean " + nearest + "? See ntm --help"),
                  kExitUsage);
    }
  }

  // --web.listen-address takes precedence over -b and -p, unless these come
  // from a source with higher precedence: the flag -p counts more than the
  // file's web.listen-address.
  void ResolveListenAddresses() {
    const Source own = std::max(sources_.OriginOf("port").source,
                                sources_.OriginOf("bind-ip").source);
    if (options_.listen_addresses.empty() ||
        own > sources_.OriginOf("web.listen-address").source) {
      options_.listen_addresses = {
          ListenAddressOf(options_.bind_ip, options_.port)};
    }
  }

  // Options that cannot be combined with -r are errors, unless they come from a
  // source with lower precedence than -r: then they are ignored.
  void CheckCombinations() {
    const Source read = sources_.OriginOf("read").source;
    if (options_.serve && options_.read_paths.empty()) {
      Refuse("serve", "it needs a file; add --read FILE");
    }
    options_.capture_is_chosen =
        std::max(sources_.OriginOf("interface").source,
                 sources_.OriginOf("filters").source) == Source::kFlag;
    CheckBackfill();
    CheckFollow();
    // A person reads the report, so only warnings and errors are logged.
    if (options_.once &&
        sources_.OriginOf("log-level").source == Source::kDefault) {
      options_.log_level = LogLevel::kWarning;
    }
    if (options_.once && read > Source::kDefault) {
      Refuse("read", "a file has no interfaces; leave out --once");
    }
    CheckFilterQuotes();
    CheckLabels();
    CheckThreads();
    if (!options_.anonymize && !options_.anonymize_key_path.empty()) {
      Refuse("anonymize-key", "it has no effect without --anonymize");
    }
    if (options_.read_paths.empty()) return;
    if (options_.wait_interface &&
        sources_.OriginOf("wait-interface").source >= read) {
      Refuse("wait-interface",
             "a file has no interface; leave out --read or this option");
    }
    if (!options_.interfaces.empty() &&
        sources_.OriginOf("interface").source >= read) {
      Refuse("interface",
             "a file has no interface; leave out --read or this option");
    }
    if (options_.report && sources_.OriginOf("report").source >= read) {
      Refuse("report",
             "a file has no interfaces; leave out --read or this option");
    }
    if (options_.capture_threads != 1 &&
        sources_.OriginOf("capture-threads").source >= read) {
      Refuse("capture-threads",
             "a file is read by one thread; leave out --read or this option");
    }
    options_.wait_interface = false;
    options_.interfaces.clear();
    options_.capture_threads = 1;
    // A summary of a file shows all of its flows.
    if (options_.openmetrics_path.empty() &&
        sources_.OriginOf("idle-timeout").source < read) {
      options_.idle_timeout = std::chrono::milliseconds(0);
    }
  }

  // libpcap's own message would only be "syntax error".
  void CheckFilterQuotes() {
    const Origin origin = sources_.OriginOf("filters");
    if (origin.source == Source::kEnvironment && IsQuoted(options_.filter)) {
      Refuse("filters", kQuotesAreKept);
    }
  }

  // MAC addresses would reveal which host an alias stands for, so they are
  // hidden too.
  void CheckLabels() {
    if (!options_.anonymize) return;
    options_.labels.hide_macs = true;
    for (const FlowLabel label : {FlowLabel::kSrcMac, FlowLabel::kDstMac}) {
      if (!options_.labels.labels.Has(label)) continue;
      options_.labels.labels.Remove(label);
      options_.warnings.push_back(
          "--anonymize hides MAC addresses: the label " +
          std::string(LabelName(label)) + " is left out");
    }
    if (options_.labels.labels.empty()) {
      Refuse("labels", "--anonymize removes all of these; add another label");
    }
  }

  void CheckThreads() {
    const uint64_t threads = options_.capture_threads;
    if (threads == 1 || !options_.read_paths.empty()) return;
    // Several threads cannot stop at exactly one packet.
    if (options_.count != 0) {
      if (sources_.OriginOf("capture-threads").source >=
          sources_.OriginOf("count").source) {
        Refuse("capture-threads",
               "--count needs a single capture thread; leave out one of the "
               "two");
      }
      options_.capture_threads = 1;
      return;
    }
    if (options_.max_series / threads < FlowTable::kMinCapacity) {
      Refuse("capture-threads",
             "each thread needs at least " +
                 std::to_string(FlowTable::kMinCapacity) +
                 " of --max-series, but " + std::to_string(threads) +
                 " threads share " + std::to_string(options_.max_series) +
                 "; use fewer threads or more series");
    }
  }

  void CheckFollow() {
    if (!options_.follow) return;
    if (!options_.serve) Refuse("follow", "it has no end; add --serve");
    if (options_.read_paths.size() != 1 || options_.read_paths.front() == "-") {
      Refuse("follow", "it needs one --read FILE, which may be a pattern");
    }
  }

  void CheckBackfill() {
    if (options_.openmetrics_path.empty()) {
      // In the configuration file it may be set for other runs.
      if (sources_.OriginOf("step").source > Source::kFile) {
        Refuse("step", "it has no effect without --openmetrics FILE");
      }
      return;
    }
    if (options_.read_paths.empty()) {
      Refuse("openmetrics", "it needs a capture file; add --read FILE");
    }
    if (options_.serve) {
      Refuse("openmetrics", "it cannot be used with --serve; leave that out");
    }
  }

  // Every option value that is an existing path, because modules' options name
  // files too.
  std::vector<std::string> ExistingPaths() const {
    std::vector<std::string> paths;
    const auto add = [&paths](const std::string& text) {
      std::error_code error;
      const auto path = std::filesystem::absolute(text, error);
      if (!text.empty() && !error && std::filesystem::exists(path, error)) {
        paths.push_back(path.string());
      }
    };
    add(options_.config_path);
    add(options_.services_path);
    for (const CLI::Option* option : app_.get_options()) {
      for (const std::string& result : option->results()) add(result);
    }
    return paths;
  }

  [[noreturn]] void Refuse(const std::string& option, const std::string& why) {
    const Origin origin = sources_.OriginOf(option);
    if (origin.source == Source::kFile) {
      throw Error(origin.name + ":" + std::to_string(origin.line) + ": " +
                  option + ": " + why);
    }
    throw Error(origin.name + ": " + why + kSeeHelp, kExitUsage);
  }

  Options Print(std::string text) {
    options_.action = Action::kPrint;
    options_.text = std::move(text);
    return std::move(options_);
  }

  const std::string& default_config_;
  CLI::App app_{
      "Counts the traffic of network interfaces and serves it to Prometheus "
      "at\n"
      "http://HOST:8000/metrics.",
      "ntm"};
  OptionDeclarer declarer_{app_};
  OptionSources sources_;
  std::vector<TopicSubcommand> subcommands_;
  const HelpContents contents_{app_, declarer_.topics(), subcommands_};
  Options options_;
  std::string env_file_;
  bool version_ = false;
  bool list_interfaces_ = false;
  bool check_config_ = false;
  bool check_health_ = false;
};

}  // namespace

Options ParseOptions(int argc, const char* const* argv,
                     std::vector<std::unique_ptr<Module>>& modules,
                     const std::string& default_config) {
  return Parser(default_config, modules).Parse(argc, argv);
}

std::string Help(const std::vector<std::string>& words,
                 std::vector<std::unique_ptr<Module>>& modules) {
  return Parser(kDefaultConfigPath, modules).Help(words);
}

}  // namespace ntm
