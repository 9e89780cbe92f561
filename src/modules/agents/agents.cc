// Collects the traffic of several machines in one place: an agent pushes the
// rates and totals of its interfaces to a hub, which shows all of its agents.

#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "accepted_ids.h"
#include "agent_tokens.h"
#include "hub.h"
#include "ntm/base/duration.h"
#include "ntm/base/secret_file.h"
#include "ntm/base/unix_time.h"
#include "ntm/module/command_line.h"
#include "ntm/module/module.h"
#include "ntm/module/needed_rights.h"
#include "ntm/module/option_declarer.h"
#include "push_target.h"
#include "pusher.h"
#include "state_file.h"
#include "traffic_update.h"

namespace ntm::agents {
namespace {

constexpr std::chrono::hours kLongestExpiry{3650 * 24};

class Agents final : public Module, public CommandLine, public NeededRights {
 public:
  std::string_view name() const noexcept override { return "agents"; }
  void AddOptions(OptionDeclarer& options) override;
  void CheckOptions() const override {
    if (IsReadable(tokens_path_)) ReadTokens();
    if (!push_.url.empty()) CheckPush(push_);
  }
  void Open() override;
  void Start() override {
    if (pusher_ != nullptr) pusher_->Start();
  }
  void OnTick(const Tick& tick) override;
  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<Route> Routes() override { return hub_->Routes(); }
  bool writes_need_token() const noexcept override {
    return !accepted_.empty();
  }

 private:
  void AddHubOptions(OptionDeclarer& options);
  void AddPushOptions(OptionDeclarer& options);
  AgentTokens ReadTokens() const;
  void OpenHub();

  // Constant after Open()
  std::vector<std::string> accepted_;
  std::string tokens_path_;
  std::chrono::milliseconds expiry_ = Hub::kDefaultExpiry;
  PushSettings push_;

  std::unique_ptr<Hub> hub_;        // after Open()
  std::unique_ptr<Pusher> pusher_;  // with --push-url
};

void Agents::AddOptions(OptionDeclarer& options) {
  options.BeginTopic("agents", "pushing counters to a hub, or being one");
  AddHubOptions(options);
  AddPushOptions(options);
}

void Agents::AddHubOptions(OptionDeclarer& options) {
  options.AddList(
      "--accept-agents",
      [this](const std::vector<std::string>& names) {
        accepted_.clear();
        for (const std::string& text : names) {
          if (!text.empty()) accepted_.push_back(text);
        }
        AcceptedIds{accepted_};  // throws if a name is invalid
      },
      "NAME",
      "Be a hub: accept pushes from agents of this name or pattern (web1, "
      "web*); may be repeated or be a list with commas. Needs "
      "--agents-token-file");
  options.AddText("--agents-token-file", tokens_path_, "FILE",
                  "Hub: file with the tokens of the agents, one per line; "
                  "ID:TOKEN is valid for that agent only");
  options
      .AddWord("--agent-expiry", expiry_,
               DurationFrom(std::chrono::hours(1), kLongestExpiry), "DURATION",
               "Hub: forget an agent that has pushed nothing for this long, 1h "
               "to 3650d; its history is kept")
      .DefaultText("30d");
}

void Agents::AddPushOptions(OptionDeclarer& options) {
  options.AddWord(
      "--push-url",
      [this](const std::string& url) {
        push_.url = url;
        if (!push_.url.empty()) ParsePushUrl(push_.url);
      },
      "URL",
      "Be an agent: push the counters of this machine to the hub at this URL, "
      "https://HOST:PORT");
  options.AddWord(
      "--agent-id",
      [this](const std::string& id) {
        push_.id = id;
        if (push_.id.empty() || IsAgentId(push_.id)) return;
        throw std::invalid_argument("'" + push_.id +
                                    "' is not 1 to 64 of A-Z a-z 0-9 . _ -");
      },
      "NAME", "Agent: name to push under; without it: the host name");
  options.AddText("--push-token-file", push_.token_file, "FILE",
                  "Agent: file with the token for the hub, on its only line");
  options
      .AddWord("--push-interval", push_.interval,
               DurationFrom(std::chrono::seconds(1), std::chrono::hours(1)),
               "DURATION", "Agent: time between two pushes, 1s to 1h")
      .DefaultText("5s");
  options.AddText(
      "--push-ca-file", push_.ca_file, "FILE",
      "Agent: CA certificates (PEM) to trust instead of the system's");
  options.AddFlag("--push-insecure", push_.insecure,
                  "Agent: send the token even to an http:// URL, unencrypted");
}

void Agents::Open() {
  OpenHub();
  if (!push_.url.empty()) {
    pusher_ = std::make_unique<Pusher>(push_);
  } else if (!push_.token_file.empty() || !push_.id.empty()) {
    spdlog::warn("nothing is pushed: --push-url is not set");
  }
}

AgentTokens Agents::ReadTokens() const {
  if (tokens_path_.empty()) return {};
  return {ReadSecretLines(tokens_path_, "--agents-token-file"), tokens_path_};
}

void Agents::OpenHub() {
  AgentTokens tokens = ReadTokens();
  std::unique_ptr<StateFile> state;
  if (!accepted_.empty()) {
    state = std::make_unique<StateFile>("agents.json", "the agents' totals");
    if (tokens.empty()) {
      spdlog::warn(
          "--accept-agents without --agents-token-file: every update is "
          "rejected with 403");
    }
  } else if (!tokens.empty()) {
    spdlog::warn("no agent is accepted: --accept-agents is not set");
  }
  hub_ = std::make_unique<Hub>(AcceptedIds(accepted_), std::move(tokens),
                               WallTimeNs, std::move(state), expiry_);
}

void Agents::OnTick(const Tick& tick) {
  tick.new_reports->agents = hub_->OnTick(tick.time_ns, tick.elapsed);
  if (pusher_ != nullptr && tick.reports.interfaces != nullptr) {
    pusher_->OnTick(*tick.reports.interfaces, tick.elapsed);
  }
}

std::vector<prometheus::MetricFamily> Agents::Collect() const {
  auto families = hub_->Families();
  if (pusher_ != nullptr) {
    for (auto& family : pusher_->Families()) {
      families.push_back(std::move(family));
    }
  }
  return families;
}

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Agents>(); }

}  // namespace ntm::agents
