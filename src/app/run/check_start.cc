#include "check_start.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "app/host/modules_with.h"
#include "app/options/web_settings.h"
#include "app/sandbox/sandbox.h"
#include "factories.h"
#include "ntm/base/error.h"
#include "ntm/base/secret_file.h"
#include "ntm/capture/capture_filter.h"
#include "ntm/http/tls_settings.h"
#include "ntm/module/command_line.h"
#include "ntm/module/needed_rights.h"

namespace ntm {
namespace {

// Compiles the filter for Ethernet: the real link type is not known here.
void CheckFilterOf(const Options& options) {
  try {
    CheckFilter(options.filter);
  } catch (const Error& error) {
    // Filters such as `inbound` work on interfaces only, not on files; libpcap
    // reports that with this text.
    constexpr std::string_view kLiveOnly = "when reading savefiles";
    const bool is_live_only = std::string_view(error.what()).find(kLiveOnly) !=
                                  std::string_view::npos &&
                              options.read_paths.empty();
    if (!is_live_only) throw;
  }
}

bool CanRead(const std::string& path) {
  if (path.empty() || IsReadable(path)) return true;
  spdlog::warn("{} is not checked: {}", path, std::strerror(errno));
  return false;
}

void CheckWeb(const Options& options,
              const std::vector<std::unique_ptr<Module>>& modules) {
  const bool all_read =
      CanRead(options.web_config_path) && CanRead(options.token_path);
  if (!all_read) return;
  const bool writes_need_token = std::ranges::any_of(
      ModulesWith<NeededRights>(modules), &NeededRights::writes_need_token);
  const WebSettings settings = ReadWebSettings(options, writes_need_token);
  if (settings.http.tls) CheckTls(*settings.http.tls);
}

}  // namespace

void CheckStart(const Options& options,
                const std::vector<std::unique_ptr<Module>>& modules) {
  CheckFilterOf(options);
  if (CanRead(options.services_path)) LoadServices(options);
  MakeTrafficClasses(options);
  CheckWeb(options, modules);
  if (options.sandbox != SandboxMode::kOff && geteuid() == 0) {
    FindUser(options.user);
  }
  for (const CommandLine* module : ModulesWith<CommandLine>(modules)) {
    module->CheckOptions();
  }
}

}  // namespace ntm
