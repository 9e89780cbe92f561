// The program's options, from flags, environment and configuration file.
//
// Shape    plain data with the program's defaults. Every option is declared
//          once, in options.cc, option_groups*.cc or a module's AddOptions();
//          see option_sources.h for its variable and its key.
// Threads  a value; read-only after parsing.
// Errors   ParseOptions() throws ntm::Error: exit code 2 for a wrong flag or
//          variable, 1 for a wrong configuration file. main prints "Error: "
//          and the message on standard error.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/log/log.h"
#include "app/log/log_file.h"
#include "app/sandbox/sandbox.h"
#include "env_file.h"
#include "ntm/base/shown_units.h"
#include "ntm/conversation/conversation_watch.h"
#include "ntm/flow/flow_label.h"
#include "ntm/flow/traffic_class.h"
#include "ntm/module/module.h"
#include "ntm/net/network.h"

namespace ntm {

inline constexpr char kDefaultConfigPath[] = "/etc/ntm/ntm.yaml";

// What the service of a port without a name is: its number, or "".
enum class UnknownService : uint8_t { kPort, kEmpty };

enum class Action : uint8_t {
  kRun,
  kListInterfaces,
  kCheckHealth,
  kPrint,        // print Options::text, exit code 0: --help, --version
  kCheckConfig,  // the same, after CheckStart()
};

struct Options {
  std::string text;
  Action action = Action::kRun;

  // Capture.
  bool wait_interface = false;
  bool promiscuous = true;
  bool raw_filter = false;
  bool capture_is_chosen = false;       // a flag names an interface or a filter
  uint32_t snaplen_bytes = 0;           // 0: as much as the headers need
  std::vector<std::string> interfaces;  // empty: that of the default route
  std::string filter;  // words joined by spaces; "": everything
  uint64_t buffer_bytes = 16ULL << 20;  // per thread and interface
  uint32_t capture_threads = 1;
  uint64_t count = 0;  // packets; 0: no limit

  // Files.
  // In the order of reading; "-": standard input; empty: live capture.
  std::vector<std::string> read_paths;
  bool follow = false;  // the one path is a pattern; see FileSeries
  bool serve = false;
  std::string openmetrics_path;  // "-": standard output; "": no backfill
  std::chrono::milliseconds step{15'000};

  // Accounting.
  std::string metric_prefix = "ntm";
  std::string services_path = "/etc/services";
  UnknownService unknown_service = UnknownService::kPort;
  uint64_t max_series = 10000;
  uint64_t conversations = kDefaultConversations;       // 0: not watched
  std::chrono::milliseconds idle_timeout{15 * 60'000};  // 0: never
  FlowLabelOptions labels;
  ClassifyBy classify_by = ClassifyBy::kPort;
  std::vector<std::string> classes;     // arguments of TrafficClasses::Define()
  bool no_default_domains = false;      // video and voice have no domains
  std::vector<Network> local_networks;  // empty: see LocalNetworksOf()
  bool anonymize = false;
  std::string anonymize_key_path;  // "": DefaultAnonymizeKeyPath()

  // HTTP. After parsing, listen_addresses includes bind_ip and port.
  std::vector<std::string> listen_addresses;
  std::string bind_ip;  // "": every address, IPv4 and IPv6
  std::string telemetry_path = "/metrics";
  uint64_t max_requests = 40;  // 0: no limit
  uint16_t port = 8000;
  bool systemd_socket = false;
  std::chrono::milliseconds api_cache{0};  // 0: no cache

  // Security.
  std::string web_config_path;          // "": plain HTTP without users
  std::string token_path;               // "": no tokens
  std::vector<std::string> host_names;  // lower case
  SandboxMode sandbox = SandboxMode::kOn;
  std::string user;  // that root changes to; "": see FindUser()

  // Log.
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
  std::optional<LogPattern> log_pattern;
  LogFile log_file;

  // Console.
  bool once = false;
  bool report = false;
  ShownUnits units = ShownUnits::kBytes;

  bool lifecycle = false;  // POST /-/reload

  std::string config_path;  // "": none was read
  // For a reload: argv, and each setting with its values as text.
  std::vector<std::string> words;
  std::map<std::string, std::string> settings;
  std::vector<std::string> paths;     // option values that are existing paths
  std::vector<std::string> warnings;  // for the log, when it is set up
  EnvVariables environment;           // from --env-file, not for options
};

// Also declares the modules' options and sets their variables. argv[0] is the
// program; argv has no subcommand. `default_config` is read if it exists and -c
// names no other file.
Options ParseOptions(int argc, const char* const* argv,
                     std::vector<std::unique_ptr<Module>>& modules,
                     const std::string& default_config = kDefaultConfigPath);

// What `ntm help` prints, with the words that follow it. Throws where there is
// no such topic. Declares the modules' options as well.
std::string Help(const std::vector<std::string>& words,
                 std::vector<std::unique_ptr<Module>>& modules);

}  // namespace ntm
