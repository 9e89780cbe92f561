#include "subcommands.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "answer.h"
#include "database_path.h"
#include "ntm/base/database.h"
#include "ntm/base/error.h"
#include "ntm/base/kept_file.h"
#include "ntm/base/shown_units.h"
#include "ntm/http/json.h"
#include "reader.h"
#include "schema.h"
#include "store.h"
#include "utc_time.h"

namespace ntm::history {
namespace {

constexpr char kSeeHelp[] = "; see ntm history --help";
constexpr char kSystemPath[] = "/var/lib/ntm/history.db";
constexpr std::array<std::string_view, 2> kFlags = {"--csv", "--json"};
constexpr std::array<std::string_view, 7> kValueWords = {
    "--hours", "--from", "--to", "--day", "--step", "--interface", "--agent"};

[[noreturn]] void Refuse(const std::string& why) {
  throw Error(why + kSeeHelp, kExitUsage);
}

std::string ChangeText(double before, double now) {
  const auto percent = ChangePercent(before, now);
  return percent ? fmt::format("{:+.1f} %", *percent)
                 : "no earlier period to compare with";
}

std::string PeakText(const std::optional<Peak>& peak) {
  return peak ? fmt::format("{} at {}", RateText(peak->bytes_per_second),
                            LocalText(peak->time_s))
              : "-";
}

bool IsSum(const SourceKey& source) {
  return source == SourceKey{kInterfaceKind, kTotalInterface};
}

// The whole site exists as soon as anything is recorded.
void RequireSomething(Reader* reader, const std::string& path) {
  if (reader->Knows({kInterfaceKind, kTotalInterface})) return;
  throw Error(path +
              " has no data yet: a running ntm writes once a minute "
              "(--write-interval); try again later");
}

void PrintTable(const HistoryAnswer& answer) {
  const Question& question = answer.question;
  const std::string what = IsSum(question.source) ? "all interfaces"
                                                  : question.source.kind + " " +
                                                        question.source.name;
  fmt::print("{}, {} to {}, steps of {} s\n", what,
             LocalText(question.period.from_s), LocalText(question.period.to_s),
             answer.step_seconds);
  if (answer.points.empty()) {
    fmt::print("No data.\n");
    return;
  }
  fmt::print("{:<19}  {:>13}  {:>13}  {:>16}  {:>16}\n", "Time", "Received",
             "Sent", "Received bytes", "Sent bytes");
  for (const Bucket& b : answer.points) {
    fmt::print("{:<19}  {:>13}  {:>13}  {:>16}  {:>16}\n", LocalText(b.begin_s),
               RateText(b.receive.mean), RateText(b.transmit.mean),
               b.receive_bytes, b.transmit_bytes);
  }
  const Summary& now = answer.summary;
  const Summary& before = answer.previous;
  fmt::print(
      "Total:    received {} bytes, sent {} bytes\n"
      "Mean:     received {}, sent {}\n"
      "Peak:     received {}; sent {}\n"
      "Change:   received {}, sent {} (mean, compared with the period "
      "before)\n",
      now.receive_bytes, now.transmit_bytes, RateText(now.receive_mean),
      RateText(now.transmit_mean), PeakText(now.receive_peak),
      PeakText(now.transmit_peak),
      ChangeText(before.receive_mean, now.receive_mean),
      ChangeText(before.transmit_mean, now.transmit_mean));
}

Question QuestionOf(const HistoryWords& words, int64_t now_s) {
  std::map<std::string, std::string> query;
  for (const auto& [word, value] : words) query[word.substr(2)] = value;
  const auto day = query.find("day");
  if (day == query.end()) return ParseQuestion(query, now_s);
  for (const char* other : {"hours", "from", "to"}) {
    if (query.contains(other)) {
      throw std::invalid_argument(std::string(other) +
                                  ": cannot be used together with --day");
    }
  }
  const auto period = ParseDay(day->second);
  if (!period) {
    throw std::invalid_argument("day: '" + day->second +
                                "' is not a day such as 2026-01-31");
  }
  Question question = ParseQuestion(query, now_s);
  question.period = *period;
  return question;
}

void RequireSound(const std::string& source) {
  Database database(source, OpenMode::kReadOnly);
  RequireKnown(database);
  const std::string complaint = database.CheckIntegrity();
  if (!complaint.empty()) {
    throw Error(source + " is damaged: " + complaint +
                "; restore from another backup");
  }
}

// Gives the new file the owner of the old one, or of its directory. If the
// directory belongs to another user, the file was already created as that user.
void TakeOver(const KeptPlace& place, const std::string& file,
              const std::string& owned) {
  struct stat status = {};
  if (!place.follows_links() || stat(owned.c_str(), &status) != 0) return;
  if (lchown(file.c_str(), status.st_uid, status.st_gid) != 0) {
    fmt::print(stderr, "{}: the owner could not be changed: not permitted\n",
               file);
  }
}

void RemoveFile(const std::string& file) {
  if (unlink(file.c_str()) == 0 || errno == ENOENT) return;
  throw Error("cannot remove " + file + ": " + std::strerror(errno) +
              "; remove it by hand");
}

}  // namespace

HistoryWords TakeHistoryWords(std::vector<std::string>* words) {
  return TakeSubcommandWords(kFlags, kValueWords, "history", words);
}

std::string TakeFileWord(const std::string& subcommand,
                         std::vector<std::string>* words) {
  if (words->empty() || words->front().empty() || words->front()[0] == '-') {
    // An option such as --help is handled by the caller.
    if (!words->empty()) return "";
    throw Error("ntm " + subcommand + ": the file name is missing; see ntm " +
                    subcommand + " --help",
                kExitUsage);
  }
  std::string file = words->front();
  words->erase(words->begin());
  return file;
}

std::string FindDatabase(const std::string& option) {
  std::vector<std::string> places = {option};
  if (option.empty()) places = {DefaultPath(), kSystemPath};
  for (const std::string& place : places) {
    if (!place.empty() && FileExists(place)) return place;
  }
  throw Error("there is no database at " + places.front() +
              "; set --database to the one that ntm writes");
}

int PrintHistory(const HistoryWords& words, const std::string& path) {
  const int64_t now_s = NowSeconds();
  Reader reader(path, nullptr);
  HistoryAnswer answer;
  try {
    const Question question = QuestionOf(words, now_s);
    if (IsSum(question.source)) {
      RequireSomething(&reader, path);
    } else if (!reader.Knows(question.source)) {
      throw Error("no history of " + question.source.kind + " '" +
                  question.source.name + "' in " + path);
    }
    answer = Answer(question, now_s, &reader);
  } catch (const std::invalid_argument& error) {
    Refuse(std::string("ntm history: --") + error.what());
  }
  if (words.contains("--json")) {
    fmt::print("{}", JsonAnswer(200, ToJson(answer)).body);
  } else if (words.contains("--csv")) {
    fmt::print("{}", ToCsv(answer));
  } else {
    PrintTable(answer);
  }
  return 0;
}

int BackUp(const std::string& path, const std::string& target) {
  if (target.empty()) Refuse("ntm backup: the file name is missing");
  Database database(path, OpenMode::kReadOnly);
  RequireKnown(database);
  database.BackUpTo(target);
  fmt::print("{} is a copy of {}\n", target, path);
  return 0;
}

int Restore(const std::string& path, const std::string& source) {
  if (source.empty()) Refuse("ntm restore: the file name is missing");
  if (!FileExists(source)) {
    throw Error("there is no file " + source + "; give the name of a backup");
  }
  MakeFolderOf(path);
  const OwnerLock lock(path);
  if (lock.is_taken()) {
    throw Error(path + " is in use by a running ntm; stop that first");
  }
  RequireSound(source);
  Database copied(source, OpenMode::kReadOnly);
  const KeptPlace place(path);
  const std::string own_path = place.path();
  const std::string draft = own_path + ".restoring";
  RemoveFile(draft);
  copied.BackUpTo(draft);
  const bool had_one = FileExists(own_path);
  TakeOver(place, draft, had_one ? own_path : FolderOfFile(own_path));
  if (had_one) {
    fmt::print("the previous database is kept as {}\n",
               SetAside(path, "before-restore"));
  }
  if (std::rename(draft.c_str(), own_path.c_str()) != 0) {
    throw Error("cannot rename " + draft + " to " + own_path + ": " +
                std::strerror(errno) + "; rename it by hand");
  }
  fmt::print("restored {} from {}\n", path, source);
  return 0;
}

int PrintSummary(const std::string& path) {
  constexpr int64_t kNewest = 10;
  int64_t count = 0;
  std::vector<StatsLine> lines;
  if (FileExists(path)) {
    Database database(path, OpenMode::kReadOnly);
    RequireKnown(database);
    count = CountStats(&database);
    lines = ReadNewestStats(kNewest, NowSeconds(), &database);
  }
  fmt::print("Total records in database: {}\n", count);
  if (lines.empty()) return 0;
  fmt::print("\nRecent records:\n");
  for (const StatsLine& line : lines) {
    fmt::print("  {} - {}: sent={}, recv={}\n", line.timestamp, line.interface,
               line.sent_bytes, line.received_bytes);
  }
  return 0;
}

}  // namespace ntm::history
