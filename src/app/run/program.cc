#include "program.h"

#include <malloc.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/doctor/doctor.h"
#include "app/host/modules_with.h"
#include "app/log/time_zone.h"
#include "app/options/option_help.h"
#include "app/options/options.h"
#include "app/options/subcommands.h"
#include "app/sandbox/rights.h"
#include "app/serve/health_check.h"
#include "app/serve/local_request.h"
#include "check_start.h"
#include "interface_list.h"
#include "ntm/base/error.h"
#include "ntm/base/shown_units.h"
#include "ntm/capture/capture_right.h"
#include "ntm/module/command_line.h"
#include "run.h"
#include "signals.h"

namespace {

// Everything after -- is a filter.
bool AsksForHelp(const std::vector<std::string>& words) {
  return std::any_of(
      words.begin(), std::ranges::find(words, "--"),
      [](const std::string& word) { return word == "-h" || word == "--help"; });
}

// What the modules do in place of a run.
std::optional<int> RunInstead(
    const std::vector<std::unique_ptr<ntm::Module>>& modules) {
  for (auto* module : ntm::ModulesWith<ntm::CommandLine>(modules)) {
    if (const auto exit_code = module->RunInstead()) return exit_code;
  }
  return std::nullopt;
}

ntm::OwnServer OwnServerOf(const ntm::Options& options) {
  const ntm::Endpoint endpoint =
      ntm::EndpointOf(options.listen_addresses.front());
  ntm::OwnServer server;
  if (endpoint.port != "0") server.url = ntm::LocalUrl(endpoint);
  server.may_be_tls = !options.web_config_path.empty();
  server.token_path = options.token_path;
  server.capture_is_chosen = options.capture_is_chosen;
  server.reads_files = !options.read_paths.empty();
  return server;
}

// Snapshots and expositions are large and short-lived. By default malloc learns
// from the first one that is freed to keep the room of all later ones; with a
// threshold that is set, each goes back to the system at once.
constexpr int kReturnedAtOnceBytes = 256 * 1024;

int Run(int argc, char** argv,
        std::vector<std::unique_ptr<ntm::Module>> modules) {
  std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  const std::string first_word = words.empty() ? "" : words.front();
  const std::optional<ntm::Subcommand> subcommand =
      ntm::FindSubcommand(first_word, modules);
  if (subcommand && AsksForHelp(words)) {
    std::fputs(ntm::SubcommandHelp(*subcommand).c_str(), stdout);
    return 0;
  }
  if (subcommand) words.erase(words.begin());
  if (first_word == ntm::kHelpSubcommand) {
    std::fputs(ntm::Help(words, modules).c_str(), stdout);
    return 0;
  }
  if (first_word == ntm::kDoctorSubcommand) {
    argv[1] = argv[0];
    return ntm::RunDoctor(argc - 1, argv + 1, std::move(modules));
  }
  if (subcommand) subcommand->take(&words);
  std::vector<const char*> rest = {argv[0]};
  for (const std::string& word : words) rest.push_back(word.c_str());
  const ntm::Options options =
      ntm::ParseOptions(static_cast<int>(rest.size()), rest.data(), modules);
  ntm::PutIntoEnvironment(options.environment);
  for (auto* module : ntm::ModulesWith<ntm::CommandLine>(modules)) {
    module->TakeEffect();
  }
  ntm::SetShownUnits(options.units);
  if (options.action == ntm::Action::kPrint) {
    std::fputs(options.text.c_str(), stdout);
    return 0;
  }
  if (options.action == ntm::Action::kCheckHealth) {
    return ntm::CheckHealth(options);
  }
  const bool checks = options.action == ntm::Action::kCheckConfig;
  ntm::KeepFilesAsUserOf(options);
  ntm::SetUpLog(options.log_level, options.log_format,
                checks ? ntm::LogFile() : options.log_file,
                options.log_pattern);
  for (const std::string& warning : options.warnings) spdlog::warn(warning);
  const std::string zone = ntm::TimeZoneComplaint(std::getenv("TZ"));
  if (!zone.empty()) spdlog::warn(zone);
  if (!subcommand) ntm::SuggestSubcommand(first_word, options.filter, modules);
  if (checks) {
    ntm::CheckStart(options, modules);
    std::fputs(options.text.c_str(), stdout);
    return 0;
  }
  if (options.action == ntm::Action::kListInterfaces) {
    ntm::PrintInterfaces();
    return 0;
  }
  if (subcommand) {
    for (auto* module : ntm::ModulesWith<ntm::CommandLine>(modules)) {
      module->SetOwnServer(OwnServerOf(options));
    }
    return subcommand->run();
  }
  if (const auto exit_code = RunInstead(modules)) return *exit_code;
  ntm::signals::Block();
  if (!options.once && options.read_paths.empty()) ntm::signals::BlockReload();
  ntm::signals::BeginStart();
  if (options.once) return ntm::RunOnce(options, std::move(modules));
  if (!options.read_paths.empty()) {
    return ntm::RunFile(options, std::move(modules));
  }
  return ntm::RunLive(options, std::move(modules));
}

}  // namespace

namespace ntm {

int RunProgram(int argc, char** argv,
               std::vector<std::unique_ptr<Module>> modules) {
  mallopt(M_MMAP_THRESHOLD, kReturnedAtOnceBytes);
  // Without TZ the C library looks at the file anew for every local time, also
  // where the sandbox no longer lets it.
  setenv("TZ", ":/etc/localtime", 0);
  tzset();
  // Where it may not, the capture says why.
  RaiseCaptureRight();
  try {
    return Run(argc, argv, std::move(modules));
  } catch (const Error& error) {
    std::fprintf(stderr, "Error: %s\n", error.what());
    return error.exit_code();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "Error: unexpected: %s\n", error.what());
    return kExitFailure;
  }
}

}  // namespace ntm
