// What a month of minutes costs: a database of `--interfaces` × `--days` rows
// per minute is made in the folder given, and asked while old rows are deleted.
// Prints the figures; exit 1 where one is above its bar.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "modules/history/answer.h"
#include "modules/history/database_path.h"
#include "modules/history/reader.h"
#include "modules/history/recorder.h"
#include "modules/history/store.h"
#include "modules/history/utc_time.h"
#include "ntm/base/database.h"

namespace {

using namespace ntm::history;  // NOLINT
using ntm::BeginOf;
using ntm::Database;
using ntm::kMinuteSeconds;
using ntm::Transaction;
using std::chrono::steady_clock;

constexpr double kMaxAnswerMs = 50;
constexpr uint64_t kMaxFileBytes = 250'000'000;
constexpr int64_t kNs = 1'000'000'000;
constexpr int64_t kDayMinutes = 1440;

double MsSince(steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(steady_clock::now() - begin)
      .count();
}

std::string NameOf(int64_t i) { return fmt::format("enp{}s0", i); }

// Rates and counters of a plausible size, so that rows are as long as real
// ones.
ntm::InterfaceSample SampleOf(int64_t interface, int64_t time_s) {
  ntm::InterfaceSample sample;
  sample.name = NameOf(interface);
  const auto counter =
      static_cast<uint64_t>(time_s - 1'700'000'000) * 1'234'567;
  const double rate =
      1e6 + static_cast<double>(time_s * (interface + 7) % 9973);
  sample.receive_bytes = counter;
  sample.transmit_bytes = counter / 3;
  sample.receive_packets = counter / 900;
  sample.transmit_packets = counter / 2700;
  sample.receive_bytes_per_second = rate / 3;
  sample.transmit_bytes_per_second = rate / 7;
  return sample;
}

class Month {
 public:
  Month(const std::string& path, int64_t interfaces, int64_t days)
      : interfaces_(interfaces),
        days_(days),
        now_s_(BeginOf(NowSeconds(), kMinuteSeconds)),
        database_(OpenOwned(path)) {
    recorder_.KeepForWriting(true);
  }

  int64_t now_s() const { return now_s_; }
  Database* database() { return database_.get(); }

  void Fill() {
    const int64_t minutes = days_ * kDayMinutes;
    const int64_t raw_from = kRawPoints * kRawStepSeconds;
    for (int64_t minute = 0; minute < minutes; ++minute) {
      const int64_t time_s = now_s_ - (minutes - minute) * kMinuteSeconds;
      const bool is_raw = now_s_ - time_s <= raw_from;
      const int64_t step = is_raw ? kRawStepSeconds : kMinuteSeconds;
      for (int64_t s = 0; s < kMinuteSeconds; s += step) Report(time_s + s);
      Cycle(time_s);
      if (minute % kDayMinutes != kDayMinutes - 1) continue;
      Write();
      while (DeleteSlice(time_s, days_) > 0) {
      }
    }
  }

  // What the disk has to bear per minute in the long run, in bytes.
  double WriteMinutes(int64_t minutes) {
    const uint64_t before = database_->written_bytes();
    for (int64_t minute = 0; minute < minutes; ++minute) {
      const int64_t time_s = now_s_ + minute * kMinuteSeconds;
      for (int64_t s = 0; s < kMinuteSeconds; s += kRawStepSeconds) {
        Report(time_s + s);
      }
      Cycle(time_s);
      Write();
    }
    return static_cast<double>(database_->written_bytes() - before) /
           static_cast<double>(minutes);
  }

  int64_t DeleteSlice(int64_t now_s, int64_t retention_days) {
    const DeletedRows deleted =
        DeleteOld(now_s, retention_days, 500, database_.get());
    database_->Checkpoint(1000);
    return deleted.stats + deleted.points;
  }

 private:
  void Report(int64_t time_s) {
    ntm::InterfaceReport report;
    report.time_ns = time_s * kNs;
    for (int64_t i = 1; i < interfaces_; ++i) {
      report.interfaces.push_back(SampleOf(i, time_s));
    }
    report.site.down_bytes = SampleOf(0, time_s).receive_bytes;
    report.site.up_bytes = SampleOf(0, time_s).transmit_bytes;
    recorder_.Take(report);
  }

  // The sum is one of the interfaces that the bar speaks of.
  void Cycle(int64_t time_s) {
    ntm::InterfaceCycle cycle;
    cycle.time_ns = time_s * kNs;
    for (int64_t i = 0; i < interfaces_; ++i) {
      cycle.rows.push_back(SampleOf(i, time_s));
    }
    recorder_.Take(cycle);
  }

  void Write() {
    const Batches batches = recorder_.BeginWrite();
    Transaction transaction(*database_);
    WriteBatches(batches, database_.get());
    transaction.Commit();
    recorder_.EndWrite(batches);
    database_->Checkpoint(1000);
  }

  int64_t interfaces_;
  int64_t days_;
  int64_t now_s_;
  std::unique_ptr<Database> database_;
  Recorder recorder_;
};

std::vector<std::map<std::string, std::string>> Questions() {
  std::vector<std::map<std::string, std::string>> questions;
  for (const char* hours : {"1", "24", "168", "720", "8760", "87600"}) {
    for (const char* interface : {"_total", "enp7s0"}) {
      questions.push_back({{"hours", hours}, {"interface", interface}});
    }
  }
  questions.push_back({{"hours", "720"}, {"step", "15m"}});
  questions.push_back({{"hours", "24"}, {"step", "1"}});
  return questions;
}

// The slowest answer of `rounds` rounds, in milliseconds.
double Slowest(const std::string& path, int64_t now_s, int rounds) {
  Reader reader(path, nullptr);
  double slowest = 0;
  for (int round = 0; round < rounds; ++round) {
    for (const auto& query : Questions()) {
      const auto begin = steady_clock::now();
      const std::string text =
          ToJson(Answer(ParseQuestion(query, now_s), now_s, &reader)).dump();
      if (text.empty()) throw ntm::Error("an answer is empty");
      slowest = std::max(slowest, MsSince(begin));
    }
  }
  return slowest;
}

bool Judge(const std::string& what, double value, double bar,
           const std::string& unit) {
  fmt::print("{:<44} {:>10.1f} {} (bar {:.0f})\n", what, value, unit, bar);
  return value <= bar;
}

int Run(const std::string& path, int64_t interfaces, int64_t days) {
  Month month(path, interfaces, days);
  auto begin = steady_clock::now();
  month.Fill();
  fmt::print("{} rows of network_stats, made in {:.1f} s\n",
             CountStats(month.database()), MsSince(begin) / 1000);
  bool ok =
      Judge("file", static_cast<double>(std::filesystem::file_size(path)) / 1e6,
            kMaxFileBytes / 1e6, "MB");
  ok &= Judge("slowest answer", Slowest(path, month.now_s(), 5), kMaxAnswerMs,
              "ms");
  // A day of rows becomes too old at once.
  double longest_slice = 0;
  int64_t deleted = 0;
  std::jthread cleaner([&] {
    for (;;) {
      const auto slice_begin = steady_clock::now();
      const int64_t rows = month.DeleteSlice(month.now_s(), days - 1);
      longest_slice = std::max(longest_slice, MsSince(slice_begin));
      deleted += rows;
      if (rows == 0) return;
    }
  });
  ok &= Judge("slowest answer while rows are deleted",
              Slowest(path, month.now_s(), 20), kMaxAnswerMs, "ms");
  cleaner.join();
  fmt::print("{} rows deleted, longest slice {:.1f} ms\n", deleted,
             longest_slice);
  fmt::print("{:.0f} kB written per minute\n", month.WriteMinutes(120) / 1e3);
  return ok && deleted > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("What a month of minutes costs.");
  int64_t interfaces = 20;
  int64_t days = 30;
  std::string folder;
  app.add_option("--interfaces", interfaces)->check(CLI::Range(2, 100));
  app.add_option("--days", days)->check(CLI::Range(2, 400));
  bool keep = false;
  bool quick = false;
  app.add_flag("--quick", quick, "Exit 0 even where a bar is missed");
  app.add_flag("--keep", keep, "Leave the database there");
  app.add_option("folder", folder, "Where to make the database")->required();
  CLI11_PARSE(app, argc, argv);
  const std::string path = folder + "/history_month.db";
  std::filesystem::create_directories(folder);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(path + suffix);
  }
  const bool is_met = Run(path, interfaces, days) == 0;
  const int result = is_met || quick ? 0 : 1;
  if (keep) return result;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(path + suffix);
  }
  return result;
}
