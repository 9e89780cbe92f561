#include "options.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <climits>
#include <filesystem>
#include <functional>
#include <utility>

#include "build_info.h"
#include "config_file.h"
#include "key_suggestion.h"
#include "ntm/error.h"
#include "option_help.h"
#include "option_sources.h"
#include "option_values.h"

namespace ntm {
namespace {

constexpr char kSeeHelp[] = "; see ntm --help";
constexpr uint64_t kMinBufferBytes = 65536;

// Not CLI11's own "no limit": that one would also take words apart that look
// like its lists ("[13]").
constexpr int kManyWords = CLI::detail::expected_max_vector_size - 1;

// Declares an option of one word, which `parse` makes a value of.
template <typename T, typename Parse>
CLI::Option* AddOption(CLI::App& app, const std::string& names, T& value,
                       Parse parse, const std::string& type,
                       const std::string& help) {
  CLI::callback_t take = [&value, parse](const CLI::results_t& results) {
    value = static_cast<T>(parse(results.back()));
    return true;
  };
  return app.add_option(names, std::move(take), help)->type_name(type);
}

std::string ParsePath(const std::string& text) {
  if (text.empty()) throw std::invalid_argument("a path is missing");
  return text;
}

auto NumberFrom(uint64_t min, uint64_t max) {
  return [min, max](const std::string& text) {
    return ParseNumber(text, min, max);
  };
}

void AddCaptureOptions(CLI::App& app, Options& o) {
  app.option_defaults()->group("Capture");
  CLI::callback_t take_interfaces = [&o](const CLI::results_t& results) {
    o.interfaces = ParseInterfaces(results);
    return true;
  };
  app.add_option("-i,--interface", std::move(take_interfaces),
                 "Interface to capture on; may be repeated, and takes a list "
                 "with commas. 'any' is all of them. Without it: that of the "
                 "default route, else the first that is up.")
      ->type_name("NAME")
      ->expected(1, kManyWords)
      ->type_size(1)
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_flag("--wait-interface", o.wait_interface,
               "Wait for an interface that is not there yet");
  app.add_flag("--promiscuous,!--no-promiscuous", o.promiscuous,
               "Also take frames that are meant for other hosts")
      ->default_str("true");
  AddOption(
      app, "--buffer-size", o.buffer_bytes,
      [](const std::string& text) {
        return ParseByteCount(text, kMinBufferBytes, INT_MAX);
      },
      "BYTES",
      "Size of the kernel's ring: bytes, or with a unit (k, M, G, KiB, "
      "MiB, GiB; kB, MB, GB are decimal)")
      ->default_str("16MiB");
  AddOption(
      app, "--snaplen", o.snaplen_bytes,
      [](const std::string& text) {
        return text == "0" ? 0 : ParseNumber(text, 64, 262144);
      },
      "BYTES",
      "Bytes of each frame to look at, 64 to 262144; 0: as much as the "
      "headers need")
      ->default_str("0");
  AddOption(app, "--count", o.count, NumberFrom(0, UINT64_MAX), "N",
            "End after this many packets; 0: never")
      ->default_str("0");
  app.add_flag("--raw-filter", o.raw_filter,
               "Hand the filter to libpcap untouched, instead of looking "
               "behind VLAN tags and PPPoE headers");
  CLI::callback_t take_filter = [&o](const CLI::results_t& words) {
    o.filter.clear();
    for (const std::string& word : words) {
      o.filter += (o.filter.empty() ? "" : " ") + word;
    }
    return true;
  };
  app.add_option("filters", std::move(take_filter),
                 "What to count, as tcpdump takes it, quoted or not: src net "
                 "192.168.0.0/24 or udp port 53. All words that are not "
                 "options belong to it, and everything after --.")
      ->expected(kManyWords)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void AddFileOptions(CLI::App& app, Options& o) {
  app.option_defaults()->group("Files");
  AddOption(app, "-r,--read", o.read_path, ParsePath, "FILE",
            "Read a pcap or pcapng file (- is standard input), print its "
            "metrics and end");
  app.add_flag("--serve", o.serve,
               "With -r: serve the file's metrics instead of printing them");
  AddOption(app, "--openmetrics", o.openmetrics_path, ParsePath, "FILE",
            "With -r: write samples with the packets' own times to FILE (- is "
            "standard output), for promtool tsdb create-blocks-from "
            "openmetrics");
  AddOption(
      app, "--step", o.step,
      [](const std::string& text) {
        return ParseDuration(text, std::chrono::milliseconds(100),
                             std::chrono::minutes(5));
      },
      "DURATION", "Time between the samples of --openmetrics, 100ms to 5m")
      ->default_str("15s");
}

void AddAccountingOptions(CLI::App& app, Options& o) {
  app.option_defaults()->group("Accounting");
  AddOption(app, "-s,--metric-prefix,--metric_prefix", o.metric_prefix,
            ParseMetricPrefix, "NAME", "What the metrics' names begin with")
      ->default_str(o.metric_prefix);
  AddOption(app, "--max-series", o.max_series, NumberFrom(16, 10'000'000), "N",
            "Flow series kept at most; what is beyond counts as 'other'")
      ->default_str(std::to_string(o.max_series));
  AddOption(
      app, "--idle-timeout", o.idle_timeout,
      [](const std::string& text) {
        return text == "0" ? std::chrono::milliseconds(0)
                           : ParseDuration(text, std::chrono::seconds(1),
                                           std::chrono::days(365));
      },
      "DURATION",
      "End a series that has been silent for so long; 0: never. With -r by "
      "the packets' own clock, and but for --openmetrics only if it is given "
      "along with -r")
      ->default_str("15m");
  AddOption(
      app, "--services-file", o.services_path,
      [](const std::string& text) { return text; }, "FILE",
      "Names of the services, as in services(5)")
      ->default_str(o.services_path);
  app.add_flag("--anonymize", o.anonymize,
               "Show aliases instead of addresses: networks stay together, "
               "hosts cannot be told; MAC addresses become 'mac'");
  AddOption(
      app, "--anonymize-key", o.anonymize_key_path, ParsePath, "FILE",
      "With --anonymize: the secret that the aliases come from, made if there "
      "is none; by default anonymize.key in the state directory");
}

void AddHttpOptions(CLI::App& app, Options& o) {
  app.option_defaults()->group("HTTP");
  AddOption(app, "-p,--port", o.port, NumberFrom(0, 65535), "PORT",
            "Port to serve on; 0 takes a free one")
      ->default_str(std::to_string(o.port));
  AddOption(
      app, "-b,--bind-ip,--bind_ip", o.bind_ip,
      [](const std::string& text) { return text; }, "ADDRESS",
      "Address to serve on; without it all, IPv4 and IPv6");
  CLI::callback_t take_addresses = [&o](const CLI::results_t& results) {
    o.listen_addresses.clear();
    for (const std::string& address : results) {
      o.listen_addresses.push_back(ParseListenAddress(address));
    }
    return true;
  };
  app.add_option("--web.listen-address", std::move(take_addresses),
                 "host:port, [IPv6]:port or :port to serve on, instead of -b "
                 "and -p; may be repeated, and takes a list with commas")
      ->type_name("ADDRESS")
      ->expected(1, kManyWords)
      ->type_size(1)
      ->delimiter(',')
      ->allow_extra_args(false);
  AddOption(app, "--web.telemetry-path", o.telemetry_path, ParseTelemetryPath,
            "PATH", "Path of the metrics")
      ->default_str(o.telemetry_path);
  AddOption(app, "--web.max-requests", o.max_requests, NumberFrom(0, 1'000'000),
            "N", "Requests answered at once, more get 503; 0: no limit")
      ->default_str(std::to_string(o.max_requests));
  app.add_flag("--web.systemd-socket", o.systemd_socket,
               "Serve on the sockets that systemd hands over");
}

void AddLogOptions(CLI::App& app, Options& o) {
  app.option_defaults()->group("Log");
  AddOption(app, "--log-level", o.log_level, ParseLogLevel, "LEVEL",
            "trace, debug, info, warning or error")
      ->default_str("info");
  AddOption(app, "--log-format", o.log_format, ParseLogFormat, "FORMAT",
            "text or json")
      ->default_str("text");
}

// One run of ParseOptions().
class Parser {
 public:
  Parser(const std::string& default_config,
         std::vector<std::unique_ptr<Module>>& modules)
      : default_config_(default_config), sources_(app_) {
    // A later flag overrides an earlier one, so that a wrapper can add its own.
    app_.option_defaults()
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->always_capture_default();
    app_.footer(
        "Each option with a variable is also a key of the configuration file, "
        "under its\nlong name. A flag beats a variable, a variable the file, "
        "the file the default.");
    AddInformationOptions();
    AddCaptureOptions(app_, options_);
    AddFileOptions(app_, options_);
    AddAccountingOptions(app_, options_);
    AddHttpOptions(app_, options_);
    AddLogOptions(app_, options_);
    for (const std::unique_ptr<Module>& module : modules) {
      app_.option_defaults()->group("Module " + std::string(module->name()));
      module->AddOptions(app_);
      for (Verb& verb : module->Verbs()) verbs_.push_back(std::move(verb));
    }
  }

  Options Parse(int argc, const char* const* argv) {
    // CLI11 takes its words from the back.
    std::vector<std::string> words;
    for (int i = argc - 1; i > 0; --i) words.emplace_back(argv[i]);
    RefuseEmptyAssignments(words);
    try {
      app_.parse(words);
    } catch (const CLI::CallForHelp&) {
      return Print(HelpText(app_, verbs_));
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
    options_.warnings = sources_.warnings();
    if (check_config_) {
      return Print("configuration ok\n" + sources_.Describe());
    }
    if (version_) {
      return Print(std::string("ntm ") + kVersion + " (" + kRevision + ", " +
                   kCompiler + ")\n");
    }
    if (list_interfaces_) options_.action = Action::kListInterfaces;
    return std::move(options_);
  }

 private:
  void AddInformationOptions() {
    app_.option_defaults()->group("Information and configuration");
    app_.set_help_flag("-h,--help", "Print this text");
    app_.add_flag("--version", version_, "Print the version")
        ->configurable(false);
    app_.add_flag("-D,--list-interfaces", list_interfaces_,
                  "List the interfaces that there are")
        ->configurable(false);
    app_.add_flag("--check-config", check_config_,
                  "Check the configuration, print what is in effect and where "
                  "it comes from, and end")
        ->configurable(false);
    // CLI11 runs callbacks in the order of declaration: before those of all
    // settings, the other sources come in here.
    CLI::callback_t read_all = [this](const CLI::results_t& results) {
      ReadSources(results.back());
      return true;
    };
    app_.add_option("-c,--config", std::move(read_all),
                    "Configuration file, YAML (default " +
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
    if (path.empty()) path = Variable("NTM_CONFIG");
    if (path.empty() && std::filesystem::exists(default_config_)) {
      path = default_config_;
    }
    options_.config_path = path;
    sources_.Resolve(
        path.empty() ? std::vector<FileSetting>() : ReadConfigFile(path), path);
  }

  // CLI11 reads "--name=" as a name without a value, and takes the next word.
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
                           ? std::string(kSeeHelp)
                           : "; did you mean " + nearest + "? See ntm --help"),
                  kExitUsage);
    }
  }

  // --web.listen-address goes before -b and -p, unless these were said at a
  // stronger place: `ntm -p 9100` means that whatever the file says.
  void ResolveListenAddresses() {
    const Source own =
        std::max(sources_.Of("port").source, sources_.Of("bind-ip").source);
    if (options_.listen_addresses.empty() ||
        own > sources_.Of("web.listen-address").source) {
      options_.listen_addresses = {
          ListenAddressOf(options_.bind_ip, options_.port)};
    }
  }

  // What came from a weaker place than -r itself gives way to it.
  void CheckCombinations() {
    const Source read = sources_.Of("read").source;
    if (options_.serve && options_.read_path.empty()) {
      Refuse("serve", "there is no file to serve without --read FILE");
    }
    CheckBackfill();
    if (!options_.anonymize && !options_.anonymize_key_path.empty()) {
      Refuse("anonymize-key", "addresses stay as they are without --anonymize");
    }
    if (options_.read_path.empty()) return;
    if (options_.wait_interface &&
        sources_.Of("wait-interface").source >= read) {
      Refuse("wait-interface",
             "a file has no interface; leave out --read or this");
    }
    if (!options_.interfaces.empty() &&
        sources_.Of("interface").source >= read) {
      Refuse("interface", "a file has no interface; leave out --read or this");
    }
    options_.wait_interface = false;
    options_.interfaces.clear();
    // A summary of a file shows all that is in it.
    if (options_.openmetrics_path.empty() &&
        sources_.Of("idle-timeout").source < read) {
      options_.idle_timeout = std::chrono::milliseconds(0);
    }
  }

  void CheckBackfill() {
    if (options_.openmetrics_path.empty()) {
      // A file may hold it for later.
      if (sources_.Of("step").source > Source::kFile) {
        Refuse("step", "it is the step of --openmetrics FILE; give that too");
      }
      return;
    }
    if (options_.read_path.empty()) {
      Refuse("openmetrics", "it is written from a file; add --read FILE");
    }
    if (options_.serve) {
      Refuse("openmetrics", "it is written, not served; leave out --serve");
    }
  }

  [[noreturn]] void Refuse(const std::string& option, const std::string& why) {
    const Origin origin = sources_.Of(option);
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
      "Counts the traffic of a network interface and serves it to Prometheus.",
      "ntm"};
  OptionSources sources_;
  std::vector<Verb> verbs_;
  Options options_;
  bool version_ = false;
  bool list_interfaces_ = false;
  bool check_config_ = false;
};

}  // namespace

Options ParseOptions(int argc, const char* const* argv,
                     std::vector<std::unique_ptr<Module>>& modules,
                     const std::string& default_config) {
  return Parser(default_config, modules).Parse(argc, argv);
}

}  // namespace ntm
