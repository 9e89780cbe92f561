#include "reloading.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <set>
#include <string>
#include <utility>

#include "app/log/log.h"
#include "modules.h"
#include "ntm/base/unix_time.h"
#include "ntm/exposition/family.h"

namespace ntm {
namespace {

const std::set<std::string>& ReloadableOptions() {
  static const std::set<std::string> kNames = {
      "idle-timeout", "local-net",       "log-level",
      "token-file",   "web.config.file", "web.host-name"};
  return kNames;
}

}  // namespace

Options Reloading::Read() const {
  std::vector<const char*> argv;
  for (const std::string& word : words_) argv.push_back(word.c_str());
  // Parses into new modules, so that the running ones keep their options.
  auto modules = MakeModules();
  return ParseOptions(static_cast<int>(argv.size()), argv.data(), modules);
}

void Reloading::Take(Options wanted, Options* current) {
  std::vector<std::string> waiting;
  for (const auto& [name, value] : wanted.settings) {
    if (ReloadableOptions().contains(name)) continue;
    const auto before = current->settings.find(name);
    if (before != current->settings.end() && before->second != value) {
      waiting.push_back(name);
    }
  }
  if (!waiting.empty()) {
    spdlog::warn("reload: changes of these options need a restart: {}",
                 fmt::join(waiting, ", "));
  }
  for (const std::string& warning : wanted.warnings) spdlog::warn(warning);
  SetLogLevel(wanted.log_level);
  current->log_level = wanted.log_level;
  current->local_networks = std::move(wanted.local_networks);
  current->idle_timeout = wanted.idle_timeout;
  current->web_config_path = std::move(wanted.web_config_path);
  current->token_path = std::move(wanted.token_path);
  current->host_names = std::move(wanted.host_names);
}

void Reloading::Note(bool went_well, int64_t time_ns) {
  went_well_ = went_well;
  if (went_well) last_success_ns_ = time_ns;
}

std::vector<prometheus::MetricFamily> Reloading::Families() const {
  auto success =
      GaugeFamily("ntm_config_last_reload_successful",
                  "Whether the last reload of the configuration succeeded.");
  AddSample(&success, {}, went_well_ ? 1 : 0);
  auto time = GaugeFamily(
      "ntm_config_last_reload_success_timestamp_seconds",
      "When the configuration was last reloaded; 0: not since the start.");
  AddSample(&time, {}, SecondsOf(last_success_ns_));
  return {success, time};
}

}  // namespace ntm
