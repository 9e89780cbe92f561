// The live page for those who are on a terminal: `ntm top`.

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connection.h"
#include "no_rights.h"
#include "ntm/base/error.h"
#include "ntm/base/shown_units.h"
#include "ntm/module/command_line.h"
#include "ntm/module/module.h"
#include "ntm/module/option_declarer.h"
#include "ntm/module/subcommand_words.h"
#include "run_top.h"
#include "terminal.h"
#include "view.h"

namespace ntm::top {
namespace {

constexpr std::array<std::string_view, 1> kFlags = {"--once"};
constexpr std::array<std::string_view, 3> kValueWords = {"--url", "--ca-file",
                                                         "--view"};

class Top final : public Module, public CommandLine {
 public:
  std::string_view name() const noexcept override { return "top"; }

  void AddOptions(OptionDeclarer& options) override {
    options.BeginTopic("top", "the live page in a terminal");
  }

  std::vector<Subcommand> Subcommands() override;

  void SetOwnServer(const OwnServer& server) override { own_server_ = server; }

 private:
  void Take(std::vector<std::string>* words);
  int Run() const;

  Wanted wanted_;
  Choices choices_;
  bool is_once_ = false;
  OwnServer own_server_;
};

std::vector<Subcommand> Top::Subcommands() {
  return {
      {"top",
       "[--once] [--view VIEW] [--url URL] [options] [filter …]",
       "Watch the traffic in the terminal",
       "Shows throughput, conversations, hosts and services of the ntm that "
       "runs with the same options on this machine. If none answers, or with "
       "an interface or a filter, it captures by itself, with the options of "
       "the command line only, until it is left. Keys: ? shows them, q quits.",
       {{"--once", "Print one table after some seconds, and exit"},
        {"--view VIEW", "conversations (default), hosts, services or health"},
        {"--url URL", "Only the ntm there: https://host:8000"},
        {"--ca-file FILE",
         "CAs to verify its certificate with (default: the system's)"}},
       [this](std::vector<std::string>* words) { Take(words); },
       [this] { return Run(); }}};
}

void Top::Take(std::vector<std::string>* words) {
  const SubcommandWords taken =
      TakeSubcommandWords(kFlags, kValueWords, "top", words);
  is_once_ = taken.contains("--once");
  if (const auto view = taken.find("--view"); view != taken.end()) {
    const auto chosen = ParseView(view->second);
    if (!chosen) {
      throw Error("ntm top: --view: '" + view->second +
                      "' is no view; see ntm top --help",
                  kExitUsage);
    }
    choices_.view = *chosen;
  }
  if (const auto url = taken.find("--url"); url != taken.end()) {
    wanted_.url = url->second;
  }
  if (const auto file = taken.find("--ca-file"); file != taken.end()) {
    wanted_.ca_file = file->second;
  }
  wanted_.words = *words;
}

int Top::Run() const {
  if (own_server_.reads_files) {
    throw Error(
        "ntm top: --read: it shows what is captured, not files; leave this out",
        kExitUsage);
  }
  if (!is_once_) RequireTerminal();
  const Connection connection = Connect(wanted_, own_server_);
  GiveUpRights();
  Choices choices = choices_;
  choices.units = GetShownUnits();
  return is_once_ ? PrintOnce(connection, choices)
                  : RunOnTerminal(connection, choices);
}

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Top>(); }

}  // namespace ntm::top
