// Records the traffic of the interfaces and of agents in a SQLite database.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "answer.h"
#include "database_path.h"
#include "families.h"
#include "ntm/base/error.h"
#include "ntm/http/json.h"
#include "ntm/module/command_line.h"
#include "ntm/module/module.h"
#include "ntm/module/needed_rights.h"
#include "ntm/module/option_declarer.h"
#include "ntm/module/other_runs.h"
#include "ntm/module/stored_tables.h"
#include "reader.h"
#include "recorder.h"
#include "subcommands.h"
#include "writer.h"

namespace ntm::history {
namespace {

struct Settings {
  std::string database;  // "": the default path
  bool no_database = false;
  int64_t retention_days = 30;
  bool cleanup_on_startup = true;
  int64_t write_interval_seconds = 60;
  std::string time_zone;  // "": the system's
};

class History final : public Module,
                      public CommandLine,
                      public OtherRuns,
                      public NeededRights,
                      public TableKeeper {
 public:
  std::string_view name() const noexcept override { return "history"; }
  // A single run does not write to the default database of the service.
  bool runs_once() const noexcept override {
    return !settings_.no_database && !settings_.database.empty();
  }

  void AddOptions(OptionDeclarer& options) override;
  std::vector<Subcommand> Subcommands() override;
  void TakeEffect() override {
    if (!settings_.time_zone.empty()) UseTimeZone(settings_.time_zone);
  }
  std::optional<int> RunInstead() override;
  void SetStoredTables(const std::vector<StoredTables*>& tables) override {
    other_tables_ = tables;
  }
  void Open() override;
  void Start() override {
    if (writer_ != nullptr) writer_->Start();
  }
  void Stop() override;
  void OnTick(const Tick& tick) override;
  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<std::string> written_paths() const override {
    if (settings_.no_database || settings_.database.empty()) return {};
    return {settings_.database};
  }
  std::vector<Route> Routes() override;

 private:
  void OpenDatabase(const std::string& path);
  void OpenDefault();
  std::string PathOrDefault() const;
  HttpResponse ServeHistory(const HttpRequest& request) const;

  // Constant after Open().
  Settings settings_;
  bool summary_ = false;
  HistoryWords history_words_;
  std::string file_word_;

  std::vector<StoredTables*> other_tables_;

  Recorder recorder_;
  std::unique_ptr<Reader> reader_;
  std::unique_ptr<Writer> writer_;  // null: in memory only
};

void History::AddOptions(OptionDeclarer& options) {
  options.BeginTopic("history", "database, backups, time zone");
  options.AddText("--database", settings_.database, "FILE",
                  "SQLite file that the history is stored in; without it: "
                  "history.db in the state directory");
  options.AddFlag("--no-database", settings_.no_database,
                  "Store nothing: keep only the last 100 points of each "
                  "interface, in memory");
  options
      .AddNumber("--retention-days", settings_.retention_days, "DAYS",
                 "Days to keep the rows that --interval writes; 0: forever")
      .Within(0, 36500);
  options
      .AddFlag("--cleanup-on-startup,!--no-cleanup-on-startup",
               settings_.cleanup_on_startup,
               "Delete expired rows at startup as well, not only while running")
      .DefaultText("true");
  options
      .AddNumber("--write-interval", settings_.write_interval_seconds,
                 "SECONDS",
                 "Time between two writes to the database; a crash loses what "
                 "is not yet written")
      .Within(1, 3600);
  options.AddWord("--timezone", settings_.time_zone, CheckedTimeZone, "NAME",
                  "Time zone of days and of printed times, such as Europe/Rome "
                  "or UTC; without it: the system's. The log is always in UTC");
  options
      .AddFlag("--summary", summary_,
               "Print the number of rows in the database and the newest ten, "
               "and exit")
      .FlagOnly();
}

std::vector<Subcommand> History::Subcommands() {
  return {
      {"history",
       "[--interface NAME | --agent NAME] "
       "[--hours N | --from TIME --to TIME | --day DAY] [--step DURATION] "
       "[--csv | --json]",
       "Print the traffic of a past period",
       "Prints the rates over time from the database. Without options: the sum "
       "of all interfaces in the last 24 hours.",
       {{"--interface NAME", "Only this interface"},
        {"--agent NAME", "What this agent has pushed"},
        {"--hours N", "The last N hours"},
        {"--from TIME", "Begin: 2026-01-31T09:00:00Z or 2026-01-31"},
        {"--to TIME", "End"},
        {"--day DAY", "One day: 2026-01-31"},
        {"--step DURATION", "Time between two points: 30s, 5m, 1h, 1d"},
        {"--csv, --json", "Print CSV or JSON instead of a table"}},
       [this](std::vector<std::string>* words) {
         history_words_ = TakeHistoryWords(words);
       },
       [this] {
         return PrintHistory(history_words_, FindDatabase(settings_.database));
       }},
      {"backup",
       "FILE",
       "Copy the database to a new file",
       "Copies the database to a new file with mode 0600. ntm may be running.",
       {},
       [this](std::vector<std::string>* words) {
         file_word_ = TakeFileWord("backup", words);
       },
       [this] { return BackUp(FindDatabase(settings_.database), file_word_); }},
      {"restore",
       "FILE",
       "Replace the database with a backup",
       "Checks a backup and puts a copy of it in the place of the database, "
       "which is kept under another name. ntm must not be running.",
       {},
       [this](std::vector<std::string>* words) {
         file_word_ = TakeFileWord("restore", words);
       },
       [this] { return Restore(PathOrDefault(), file_word_); }},
  };
}

std::optional<int> History::RunInstead() {
  if (!summary_) return std::nullopt;
  return PrintSummary(PathOrDefault());
}

void History::Open() {
  const bool is_default = settings_.database.empty();
  if (!settings_.no_database && is_default) OpenDefault();
  if (!settings_.no_database && !is_default) OpenDatabase(settings_.database);
  if (writer_ == nullptr) {
    reader_ = std::make_unique<Reader>("", &recorder_);
  }
}

void History::OpenDatabase(const std::string& path) {
  MakeFolderOf(path);
  auto lock = std::make_unique<OwnerLock>(path);
  if (lock->is_taken()) {
    throw Error(
        "the database " + path +
        " is in use by another ntm; set another --database, or --no-database");
  }
  reader_ = std::make_unique<Reader>(path, &recorder_);
  WriterOptions options;
  options.path = path;
  options.interval = std::chrono::seconds(settings_.write_interval_seconds);
  options.retention_days = settings_.retention_days;
  options.cleans_on_startup = settings_.cleanup_on_startup;
  options.other_tables = other_tables_;
  writer_ = std::make_unique<Writer>(std::move(options), std::move(lock),
                                     &recorder_, [this] { reader_->Reopen(); });
  reader_->OpenAhead();
  spdlog::info("the history is stored in {}", path);
}

// The writer's connection must be closed last: it removes the write-ahead log.
void History::Stop() {
  if (reader_ != nullptr) reader_->Reopen();
  writer_.reset();
}

std::string History::PathOrDefault() const {
  const std::string path =
      settings_.database.empty() ? DefaultPath() : settings_.database;
  if (!path.empty()) return path;
  throw Error(
      "no path for the database: neither STATE_DIRECTORY nor HOME is set; set "
      "--database");
}

void History::OpenDefault() {
  try {
    OpenDatabase(PathOrDefault());
  } catch (const Error& error) {
    recorder_.KeepForWriting(false);
    spdlog::warn("the history is kept in memory only: {}", error.what());
  }
}

void History::OnTick(const Tick& tick) {
  const Reports& reports = tick.reports;
  if (reports.interfaces) recorder_.Take(*reports.interfaces);
  if (reports.cycle) recorder_.Take(*reports.cycle);
  if (reports.agents) recorder_.Take(*reports.agents);
  const std::string problem = writer_ == nullptr ? "" : writer_->problem();
  tick.new_reports->history = std::make_shared<const HistoryReport>(
      HistoryReport{tick.time_ns, problem.empty(), problem});
  if (!problem.empty()) {
    throw Error(problem + "; new data is kept in memory and written later");
  }
}

std::vector<prometheus::MetricFamily> History::Collect() const {
  return Families(recorder_, writer_.get());
}

std::vector<Route> History::Routes() {
  return {{"GET", "/api/traffic/history",
           "traffic history: ?hours=24, from, to, step, interface, agent",
           [this](const HttpRequest& r) { return ServeHistory(r); },
           Access::kByMethod, /*may_block=*/true}};
}

HttpResponse History::ServeHistory(const HttpRequest& request) const {
  const int64_t now_s = NowSeconds();
  try {
    const Question question = ParseQuestion(request.query, now_s);
    const SourceKey& source = question.source;
    const bool is_sum = source == SourceKey{kInterfaceKind, kTotalInterface};
    if (!is_sum && !reader_->Knows(source)) {
      return JsonError(
          404, "no history of " + source.kind + " '" + source.name + "'");
    }
    return JsonAnswer(200, ToJson(Answer(question, now_s, reader_.get())));
  } catch (const std::invalid_argument& error) {
    return JsonError(400, error.what());
  }
}

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<History>(); }

}  // namespace ntm::history
