#include "modules/history/writer.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <random>
#include <thread>

#include "history_fixture.h"
#include "modules/history/answer.h"
#include "modules/history/reader.h"

namespace ntm::history {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::Ask;
using test::kEth0;
using test::kStart;

constexpr std::chrono::seconds kPatience{20};

template <typename Question>
bool Eventually(Question question) {
  const auto end = steady_clock::now() + kPatience;
  while (steady_clock::now() < end) {
    if (question()) return true;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return false;
}

WriterOptions Options(const std::string& path, milliseconds interval) {
  WriterOptions options;
  options.path = path;
  options.interval = interval;
  return options;
}

struct WriterTest : ::testing::Test {
  std::unique_ptr<Writer> Start(WriterOptions options) {
    auto writer = std::make_unique<Writer>(
        std::move(options), std::make_unique<OwnerLock>(path), &recorder,
        [this] { reader.Reopen(); });
    writer->Start();
    return writer;
  }
  std::unique_ptr<Writer> Start() {
    return Start(Options(path, milliseconds(5)));
  }

  test::Folder folder;
  std::string path = folder / "history.db";
  Recorder recorder;
  Reader reader{path, &recorder};
};

TEST_F(WriterTest, WritesRowsRegularlyAndAtTheEnd) {
  const int64_t now_s = BeginOf(NowSeconds(), 3600);
  {
    const auto writer = Start();
    recorder.Take(test::Cycle(now_s, 1, 1));
    recorder.Take(test::Report(now_s, 1000, 50));
    // Each write includes the open minute, which stays pending until it ends.
    EXPECT_TRUE(Eventually([&] {
      return writer->counts().stats_rows == 2 && recorder.pending_rows() == 0;
    }));
    EXPECT_GT(writer->counts().written_bytes, 0U);
    recorder.Take(test::Cycle(now_s + 60, 1, 1));
  }
  Database database(path, OpenMode::kReadOnly);
  EXPECT_EQ(Ask(&database, "SELECT count(*) FROM network_stats"), "4");
  EXPECT_EQ(Ask(&database,
                "SELECT count(DISTINCT step_seconds) FROM traffic_history"),
            "4");
}

TEST_F(WriterTest, AnAnswerDoesNotWaitForTheWrite) {
  const auto writer = Start(Options(path, std::chrono::hours(1)));
  recorder.Take(test::Report(kStart, 1000, 50));
  recorder.Take(test::Report(kStart + 60, 1700, 70));
  EXPECT_EQ(writer->counts().point_rows, 0U);
  EXPECT_EQ(reader.Points(kEth0, 60, kStart, kStart + 120).size(), 2U);
}

TEST_F(WriterTest, HoursContinueAcrossARestart) {
  const int64_t hour_s = BeginOf(NowSeconds(), 3600) - 3600;
  for (int64_t run = 0; run < 3; ++run) {
    Recorder own;
    Writer writer(Options(path, std::chrono::hours(1)),
                  std::make_unique<OwnerLock>(path), &own, [] {});
    writer.Start();
    const int64_t from_s = hour_s + run * 600;
    for (int64_t i = 0; i < 10; ++i) {
      const auto bytes = static_cast<uint64_t>(100 * (10 * run + i));
      own.Take(test::Report(from_s + 60 * i, bytes, 10));
    }
  }
  const Buckets hours = reader.Points(kEth0, 3600, hour_s, hour_s + 3600);
  ASSERT_EQ(hours.size(), 1U);
  EXPECT_EQ(hours[0].samples, 30);
  EXPECT_EQ(hours[0].receive_bytes, 2900U);
}

TEST_F(WriterTest, DeletesOldRowsWhileRunning) {
  WriterOptions options = Options(path, milliseconds(5));
  options.clean_interval = milliseconds(5);
  options.cleans_on_startup = false;
  const auto writer = Start(options);
  const int64_t now_s = NowSeconds();
  // First, so that it is written when the last of the old ones is deleted.
  recorder.Take(test::Cycle(now_s, 1, 1));
  for (int64_t i = 0; i < 1000; ++i) {
    recorder.Take(test::Cycle(now_s - 35 * 86400 - i, 1, 1));
  }
  EXPECT_TRUE(
      Eventually([&] { return writer->counts().deleted_stats == 2000; }));
  Database database(path, OpenMode::kReadOnly);
  EXPECT_EQ(Ask(&database, "SELECT count(*) FROM network_stats"), "2");
}

TEST_F(WriterTest, WritesBetweenTheSlicesOfALongCleanup) {
  constexpr int64_t kOldRows = 200'000;  // 400 slices: seconds
  {
    const auto database = OpenOwned(path);
    database->Execute(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n "
        "WHERE x < 200000) INSERT INTO network_stats SELECT x, "
        "strftime('%Y-%m-%dT%H:%M:%S', x, 'unixepoch'), 'eth0', 0, 0, 0, 0, "
        "0, 0, 0, 0, 0, 0 FROM n");
    ASSERT_EQ(CountStats(database.get()), kOldRows);
  }
  const auto writer = Start();  // starts by deleting old rows
  recorder.Take(test::Cycle(NowSeconds(), 1, 1));
  WriterCounts seen;
  EXPECT_TRUE(Eventually([&] {
    seen = writer->counts();
    return seen.stats_rows == 2;
  }));
  EXPECT_LT(seen.deleted_stats, static_cast<uint64_t>(kOldRows));
  EXPECT_TRUE(Eventually([&] {
    return writer->counts().deleted_stats > seen.deleted_stats;
  })) << "and continues";
}

TEST_F(WriterTest, WithoutCleanupOnStartupTheStartDeletesNothing) {
  {
    WriterOptions options = Options(path, milliseconds(5));
    options.cleans_on_startup = false;
    const auto writer = Start(options);
    recorder.Take(test::Cycle(NowSeconds() - 35 * 86400, 1, 1));
  }
  Database database(path, OpenMode::kReadOnly);
  EXPECT_EQ(Ask(&database, "SELECT count(*) FROM network_stats"), "2");
  const auto writer = Start();
  EXPECT_TRUE(Eventually([&] { return writer->counts().deleted_stats == 2; }));
}

TEST_F(WriterTest, ADamagedDatabaseIsReplacedWhileRunning) {
  WriterOptions options = Options(path, milliseconds(5));
  options.retention_days = 0;
  {
    const auto writer = Start(options);
    for (int64_t i = 0; i < 3000; ++i) {
      recorder.Take(test::Cycle(kStart + 2 * i, 1, 1));
    }
  }
  Recorder fresh;
  Writer writer(options, std::make_unique<OwnerLock>(path), &fresh, [] {});
  writer.Start();
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const std::string noise(4096, '\xa5');
    const auto pages =
        static_cast<std::streamoff>(std::filesystem::file_size(path) / 4096);
    // It does not read again what it read at its start.
    for (std::streamoff page = 12; page < pages; ++page) {
      file.seekp(page * 4096);
      file.write(noise.data(), 4096);
    }
  }
  // These rows lie between existing ones, all over the index.
  int64_t time_s = kStart + 1;
  const bool written = Eventually([&] {
    fresh.Take(test::Cycle(time_s += 100, 1, 1));
    if (writer.counts().errors == 0 || !writer.problem().empty()) return false;
    Database database(path, OpenMode::kReadOnly);
    return writer.counts().stats_rows > 10 && database.CheckIntegrity().empty();
  });
  EXPECT_TRUE(written) << writer.counts().errors << ' ' << writer.problem();
  bool is_set_aside = false;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(path).parent_path())) {
    is_set_aside = is_set_aside ||
                   entry.path().string().find(".corrupt-") != std::string::npos;
  }
  EXPECT_TRUE(is_set_aside);
}

// Writes until it is killed; reports through the pipe which cycle is in the
// database.
[[noreturn]] void WriteForever(const std::string& path, int pipe,
                               int64_t from) {
  Recorder recorder;
  WriterOptions options = Options(path, milliseconds(1));
  options.retention_days = 0;
  Writer writer(options, std::make_unique<OwnerLock>(path), &recorder, [] {});
  writer.Start();
  for (int64_t i = from;; ++i) {
    const uint64_t before = writer.counts().stats_rows;
    recorder.Take(test::Cycle(kStart + i, static_cast<uint64_t>(i), 1));
    recorder.Take(test::Report(kStart + i, static_cast<uint64_t>(i), 1));
    while (writer.counts().stats_rows < before + 2) {
      std::this_thread::yield();
    }
    if (write(pipe, &i, sizeof i) != sizeof i) _exit(1);
  }
}

TEST_F(WriterTest, FiftyKillsWhileWritingLoseNoWrittenRow) {
  std::mt19937 random(7);
  int64_t last = 0;
  for (int kill_number = 0; kill_number < 50; ++kill_number) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      WriteForever(path, ends[1], last + 1);
    }
    close(ends[1]);
    // At an arbitrary point of its work.
    const auto wanted = 1 + random() % 20;
    for (uint64_t i = 0; i < wanted; ++i) {
      ASSERT_EQ(read(ends[0], &last, sizeof last),
                static_cast<ssize_t>(sizeof last));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
    kill(child, SIGKILL);
    while (read(ends[0], &last, sizeof last) > 0) {
    }
    close(ends[0]);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    Database database(path, OpenMode::kReadOnly);
    ASSERT_EQ(database.CheckIntegrity(), "");
    ASSERT_GE(std::stoll(Ask(&database,
                             "SELECT max(bytes_recv) FROM network_stats "
                             "WHERE interface = 'eth0'")),
              last);
  }
  Database database(path, OpenMode::kReadOnly);
  const int64_t rows = std::stoll(
      Ask(&database,
          "SELECT count(*) FROM network_stats WHERE interface = 'eth0'"));
  EXPECT_GE(rows, last);
}

}  // namespace
}  // namespace ntm::history
