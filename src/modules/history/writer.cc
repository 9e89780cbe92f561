#include "writer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "ntm/base/thread_work.h"
#include "ntm/base/utc_text.h"
#include "utc_time.h"

namespace ntm::history {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kRetryInterval{5};
// Deleting a slice takes some milliseconds; the pauses let other work run.
constexpr int64_t kSliceRows = 500;
constexpr std::chrono::milliseconds kSlicePause{20};
constexpr int kCheckpointPages = 1000;
// Smaller differences are normal clock adjustments.
constexpr int64_t kClockDoubtSeconds = 3600;

uint64_t SizeOf(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

Writer::Writer(WriterOptions options, std::unique_ptr<OwnerLock> lock,
               Recorder* recorder, std::function<void()> on_replaced)
    : options_(std::move(options)),
      lock_(std::move(lock)),
      recorder_(recorder),
      other_tables_(options_.other_tables),
      on_replaced_(std::move(on_replaced)) {
  recorder_->KeepForWriting(true);
  try {
    Open();
  } catch (const DatabaseError& error) {
    if (error.fault() != Fault::kFull) throw;
    Fail(error.what());
  }
}

void Writer::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    RunThread("ntm-history", stop, [&] { Run(stop); });
  });
}

Writer::~Writer() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

std::string Writer::problem() const {
  const std::scoped_lock lock(mutex_);
  return problem_;
}

WriterCounts Writer::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

void Writer::Open() {
  database_ = OpenOwned(options_.path);
  other_tables_.Open(database_.get());
  on_replaced_();
  WarnOfFuture();
  ResumeSources();
}

void Writer::WarnOfFuture() {
  const auto rows =
      ReadRowsAfter(NowSeconds() + kClockDoubtSeconds, database_.get());
  if (!rows || warned_of_future_) return;
  warned_of_future_ = true;
  spdlog::warn(
      "{} has rows from {} to {} (UTC), which is in the future: the clock was "
      "ahead when they were written, or is behind now; check the clock. The "
      "rows are kept and shown once their time has come",
      options_.path, StoredTime(rows->from_s), StoredTime(rows->to_s));
}

void Writer::ResumeSources() {
  const int64_t now_s = NowSeconds();
  for (auto [source, last] : ReadSources(database_.get())) {
    if (recorder_->Knows(source)) continue;
    last.time_s = std::min(last.time_s, now_s);
    recorder_->Resume(source, last,
                      ReadOpenMinutes(source, now_s, database_.get()));
  }
}

void Writer::Run(const std::stop_token& stop) {
  const auto now = steady_clock::now();
  auto write_at = now + options_.interval;
  auto clean_at =
      options_.cleans_on_startup ? now : now + options_.clean_interval;
  while (!stop.stop_requested()) {
    // Writes come before deletions, which can take minutes for millions of
    // rows.
    if (steady_clock::now() >= write_at) {
      const auto pause = Write() ? options_.interval
                                 : std::min<std::chrono::milliseconds>(
                                       options_.interval, kRetryInterval);
      write_at = steady_clock::now() + pause;
    }
    if (steady_clock::now() >= clean_at) {
      const auto pause = CleanSlice() ? kSlicePause : options_.clean_interval;
      clean_at = steady_clock::now() + pause;
    }
    WaitUntil(stop, std::min(write_at, clean_at));
  }
  recorder_->EndAll();
  Write();
}

void Writer::WaitUntil(const std::stop_token& stop,
                       steady_clock::time_point when) {
  std::unique_lock lock(mutex_);
  wake_.wait_until(lock, stop, when, [] { return false; });
}

bool Writer::Write() {
  try {
    if (database_ == nullptr) Open();
    const Batches batches = recorder_->BeginWrite();
    Transaction transaction(*database_);
    const WrittenRows rows = WriteBatches(batches, database_.get());
    other_tables_.Save(database_.get());
    transaction.Commit();
    recorder_->EndWrite(batches);
    other_tables_.OnSaved();
    database_->Checkpoint(kCheckpointPages);
    CountBytes();
    const std::scoped_lock lock(mutex_);
    if (!problem_.empty()) spdlog::info("{}: writes work again", options_.path);
    problem_.clear();
    counts_.stats_rows += rows.stats;
    counts_.point_rows += rows.points;
    counts_.last_write_s = NowSeconds();
    return true;
  } catch (const DatabaseError& error) {
    Fail(error.what());
    if (error.fault() != Fault::kCorrupt || database_ == nullptr) return false;
  } catch (const std::exception& error) {
    Fail(error.what());
    return false;
  } catch (...) {
    Fail("unknown exception");
    return false;
  }
  earlier_bytes_ += database_->written_bytes();
  database_.reset();
  try {
    spdlog::error(
        "{} is damaged; it was renamed to {}, and a new database is created",
        options_.path, SetAside(options_.path, "corrupt"));
  } catch (const Error& error) {
    Fail(error.what());
  }
  return false;
}

bool Writer::CleanSlice() {
  if (database_ == nullptr) return false;
  try {
    DeletedRows deleted;
    int64_t others = 0;
    if (!cleans_others_) {
      deleted = DeleteOld(NowSeconds(), options_.retention_days, kSliceRows,
                          database_.get());
      cleans_others_ = deleted.stats + deleted.points == 0;
    }
    if (cleans_others_) {
      others = other_tables_.DeleteOld(NowSeconds(), options_.retention_days,
                                       kSliceRows, database_.get());
      cleans_others_ = others > 0;
    }
    database_->Checkpoint(kCheckpointPages);
    CountBytes();
    const std::scoped_lock lock(mutex_);
    counts_.deleted_stats += static_cast<uint64_t>(deleted.stats);
    counts_.deleted_points += static_cast<uint64_t>(deleted.points);
    return deleted.stats + deleted.points + others > 0;
  } catch (const std::exception& error) {
    Fail(error.what());
    return false;
  }
}

void Writer::Fail(const std::string& what) {
  const std::scoped_lock lock(mutex_);
  ++counts_.errors;
  problem_ = what;
}

void Writer::CountBytes() {
  const uint64_t written = earlier_bytes_ + database_->written_bytes();
  const uint64_t size = SizeOf(options_.path) + SizeOf(options_.path + "-wal");
  const std::scoped_lock lock(mutex_);
  counts_.written_bytes = written;
  counts_.database_bytes = size;
}

}  // namespace ntm::history
