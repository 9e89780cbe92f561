// Writes the recorder's rows to the database once per interval, in one
// transaction, and deletes old rows in slices in between.
//
// Shape    a failed write is retried every few seconds, together with all newer
//          rows; a damaged database is renamed and a new one created.
// Threads  writes on a thread of its own ("ntm-history"). Constructor and
//          destructor on the main thread, the other functions on any. The
//          destructor writes the remaining rows, if it was started.
// Errors   problem() is the error of the last write.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "database_path.h"
#include "other_tables.h"
#include "recorder.h"
#include "store.h"

namespace ntm::history {

struct WriterOptions {
  std::string path;
  std::chrono::milliseconds interval{60'000};
  std::chrono::milliseconds clean_interval{600'000};
  int64_t retention_days = 30;
  bool cleans_on_startup = true;
  std::vector<StoredTables*> other_tables;  // outlive the writer
};

struct WriterCounts {
  uint64_t written_bytes = 0;
  uint64_t stats_rows = 0;
  uint64_t point_rows = 0;
  uint64_t deleted_stats = 0;
  uint64_t deleted_points = 0;
  uint64_t errors = 0;
  uint64_t database_bytes = 0;  // including the write-ahead log
  int64_t last_write_s = 0;     // 0: none yet
};

class Writer {
 public:
  // Opens the database; if the disk is full, it is opened later. `on_replaced`
  // is called whenever the file at the path was replaced.
  Writer(WriterOptions options, std::unique_ptr<OwnerLock> lock,
         Recorder* recorder, std::function<void()> on_replaced);
  ~Writer();
  // From now on it writes: its thread. Once.
  void Start();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // "" if the last write succeeded.
  std::string problem() const;
  WriterCounts counts() const;

 private:
  void Open();
  void ResumeSources();
  void WarnOfFuture();
  void Run(const std::stop_token& stop);
  void WaitUntil(const std::stop_token& stop,
                 std::chrono::steady_clock::time_point when);
  // Returns false iff it failed.
  bool Write();
  // Deletes a slice of rows; returns true iff there may be more.
  bool CleanSlice();
  void Fail(const std::string& what);
  void CountBytes();

  // Constant after construction.
  WriterOptions options_;
  std::unique_ptr<OwnerLock> lock_;
  Recorder* recorder_;
  OtherTables other_tables_;  // thread_ only
  std::function<void()> on_replaced_;

  std::unique_ptr<Database> database_;  // thread_ only; null: not open
  uint64_t earlier_bytes_ = 0;          // of closed connections
  bool warned_of_future_ = false;
  bool cleans_others_ = false;  // in the second half of a cleanup

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  // Guarded.
  std::string problem_;
  WriterCounts counts_;

  std::jthread thread_;
};

}  // namespace ntm::history
