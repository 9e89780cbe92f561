#include "doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "app/options/option_sources.h"
#include "app/options/option_values.h"
#include "app/options/options.h"
#include "app/run/factories.h"
#include "app/run/interface_list.h"
#include "doctor_checks.h"
#include "doctor_probe.h"
#include "doctor_report.h"
#include "ntm/base/error.h"
#include "ntm/capture/capture_filter.h"
#include "ntm/net/link.h"

namespace ntm {
namespace {

constexpr uint64_t kMaxSeconds = 3600;
constexpr char kSeeDoctorHelp[] = "; see ntm doctor --help";

// Prints findings at once as text, or all at the end as JSON.
class Report {
 public:
  explicit Report(bool json) : json_(json) {}

  void Add(Finding finding) {
    if (!json_) {
      std::fputs(AsLine(finding).c_str(), stdout);
      std::fflush(stdout);
    }
    findings_.push_back(std::move(finding));
  }
  void Add(Findings findings) {
    for (Finding& finding : findings) Add(std::move(finding));
  }

  int Finish() const {
    if (json_) std::fputs(AsJson(findings_).c_str(), stdout);
    return HasFailed(findings_) ? kExitFailure : 0;
  }

 private:
  bool json_;
  Findings findings_;
};

// The interface with the most traffic that is not among `chosen`; "" if none
// has any.
std::string BusiestOther(const std::vector<std::string>& chosen,
                         const std::vector<LinkState>& before,
                         const std::vector<LinkState>& after) {
  std::string busiest;
  uint64_t most = 0;
  for (const LinkState& now : after) {
    const auto then = std::ranges::find(before, now.index, &LinkState::index);
    if (then == before.end() || now.is_loopback ||
        std::ranges::find(chosen, now.name) != chosen.end()) {
      continue;
    }
    const uint64_t moved = now.receive_bytes + now.transmit_bytes -
                           then->receive_bytes - then->transmit_bytes;
    if (moved > most) {
      most = moved;
      busiest = now.name;
    }
  }
  return busiest;
}

void ShowProgress(const std::vector<std::string>& interfaces, int seconds) {
  if (isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r\033[Klooking at {} for {} s …",
             fmt::join(interfaces, ", "), seconds);
  std::fflush(stderr);
}

void ClearProgress() {
  if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\033[K");
}

void JudgeSample(const TrafficSample& sample, const Options& options,
                 const std::string& busiest, Report* report) {
  if (sample.failure) {
    report->Add(*sample.failure);
    return;
  }
  report->Add(JudgePromiscuous(sample, options.promiscuous));
  report->Add(JudgeTraffic(sample, busiest));
  if (!options.filter.empty()) report->Add(JudgeFilter(sample, options));
  report->Add(JudgeDirection(sample));
  report->Add(JudgeLinkType(sample));
  report->Add(JudgeDrops(sample, options));
}

void LookAtTraffic(const std::vector<std::string>& interfaces,
                   const Options& options, std::chrono::seconds duration,
                   Report* report) {
  Links links;
  const std::vector<LinkState> before = links.All();
  const std::vector<TrafficSample> samples = ProbeTraffic(
      interfaces, options, duration,
      [&interfaces](int seconds) { ShowProgress(interfaces, seconds); });
  ClearProgress();
  const std::string busiest = BusiestOther(interfaces, before, links.All());
  for (const TrafficSample& sample : samples) {
    JudgeSample(sample, options, busiest, report);
  }
}

Findings FilterAlone(const Options& options) {
  if (options.filter.empty()) return {};
  try {
    CheckFilter(options.filter);
    return {Ok("filter", "'" + options.filter + "' is valid")};
  } catch (const Error& error) {
    return {Fail("filter", error)};
  }
}

// Returns the interfaces on which traffic can be captured.
std::vector<std::string> LookAtInterfaces(const Options& options,
                                          Report* report) {
  const std::vector<LinkState> links = Links().All();
  report->Add(JudgeNamespace(links));
  std::vector<std::string> chosen;
  try {
    chosen = InterfacesOf(options);
  } catch (const Error& error) {
    report->Add(Fail("interface", error));
    return {};
  }
  std::vector<std::string> open;
  for (const std::string& name : chosen) {
    const Finding finding = JudgeLink(name, links, options.wait_interface);
    report->Add(finding);
    if (finding.verdict != Verdict::kOk) continue;
    open.push_back(name);
    if (name != kAnyInterface) report->Add(CheckOffloads(name));
  }
  report->Add(JudgeOverlaps(chosen, links));
  report->Add(CheckMemory(options, chosen.size()));
  return open;
}

int Examine(const Options& options, std::chrono::seconds duration,
            Report* report) {
  report->Add(JudgeConfiguration(options));
  const Finding rights = JudgeRights(ReadRights());
  report->Add(rights);
  const std::vector<std::string> open = LookAtInterfaces(options, report);
  report->Add(CheckServices(options));
  report->Add(CheckClock());
  report->Add(CheckPort(options));
  if (!options.systemd_socket) {
    report->Add(JudgeBind(options.listen_addresses));
  }
  report->Add(
      JudgeServiceLabel(std::getenv("KUBERNETES_SERVICE_HOST") != nullptr));
  if (rights.verdict == Verdict::kOk && !open.empty()) {
    LookAtTraffic(open, options, duration, report);
  } else {
    report->Add(FilterAlone(options));
    report->Add(
        Warn("traffic", "not checked", "first fix what has failed above"));
  }
  return report->Finish();
}

}  // namespace

Subcommand DoctorSubcommand() {
  Subcommand doctor;
  doctor.name = kDoctorSubcommand;
  doctor.usage = "[--json] [--seconds N] [options] [filter …]";
  doctor.summary = "Explain why there is no data, and what to do about it";
  doctor.help =
      "Takes the options that ntm is started with, and checks what can be the "
      "cause when data is missing: one line per check, ok, warn or fail, with "
      "the remedy. Exit code 1 if a check fails.";
  doctor.options = {{"--json", "Print one JSON object instead"},
                    {"--seconds N", "Time to capture for (default 5)"}};
  return doctor;
}

DoctorWords ParseDoctorWords(int argc, const char* const* argv) {
  constexpr std::string_view kSeconds = "--seconds";
  DoctorWords words;
  const auto set_seconds = [&words](const std::string& text) {
    try {
      words.duration = std::chrono::seconds(ParseNumber(text, 1, kMaxSeconds));
    } catch (const std::invalid_argument& error) {
      throw Error("--seconds: " + std::string(error.what()) + kSeeDoctorHelp,
                  kExitUsage);
    }
  };
  for (int i = 0; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") {
      words.rest.insert(words.rest.end(), argv + i, argv + argc);
      break;
    }
    if (word == "--json") {
      words.json = true;
    } else if (word == kSeconds) {
      if (++i == argc) {
        throw Error(
            "--seconds: a value is missing" + std::string(kSeeDoctorHelp),
            kExitUsage);
      }
      set_seconds(argv[i]);
    } else if (word.starts_with("--seconds=")) {
      set_seconds(std::string(word.substr(kSeconds.size() + 1)));
    } else {
      words.rest.push_back(argv[i]);
    }
  }
  return words;
}

int RunDoctor(int argc, const char* const* argv,
              std::vector<std::unique_ptr<Module>> modules) {
  const DoctorWords words = ParseDoctorWords(argc, argv);
  Report report(words.json);
  Options options;
  try {
    options = ParseOptions(static_cast<int>(words.rest.size()),
                           words.rest.data(), modules);
  } catch (const Error& error) {
    if (error.exit_code() == kExitUsage) throw;
    report.Add(Fail("configuration", error));
    return report.Finish();
  }
  PutIntoEnvironment(options.environment);
  if (options.action == Action::kPrint ||
      options.action == Action::kCheckConfig) {
    std::fputs(options.text.c_str(), stdout);
    return 0;
  }
  if (options.action == Action::kListInterfaces) {
    PrintInterfaces();
    return 0;
  }
  if (!options.read_paths.empty()) {
    throw Error("--read: the doctor checks interfaces, not files" +
                    std::string(kSeeHelp),
                kExitUsage);
  }
  // The report contains what would be logged.
  SetUpLog(LogLevel::kCritical, options.log_format);
  return Examine(options, words.duration, &report);
}

}  // namespace ntm
