// Writes what the recorder has taken in, once per interval and in one
// transaction, on a thread of its own; and deletes what is too old, in slices,
// between which it writes when that is due.
//
// Shape    a write that fails is tried again every few seconds, with all that
//          has come since; a database that turns out to be damaged is set aside
//          and begun anew.
// Threads  constructor and destructor on the main thread; the rest on any. The
//          destructor writes what is left, if it was started.
// Errors   problem() tells what the last write failed with.
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
  uint64_t database_bytes = 0;  // with its log
  int64_t last_write_s = 0;     // 0: none yet
};

class Writer {
 public:
  // Opens the database; one whose disk is full is opened when there is room.
  // `on_replaced` is called when the file at the path has become another one.
  Writer(WriterOptions options, std::unique_ptr<OwnerLock> lock,
         Recorder* recorder, std::function<void()> on_replaced);
  ~Writer();
  // From now on it writes: its thread. Once.
  void Start();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // "" where all is well.
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
  // Deletes a few rows; returns whether there may be more.
  bool CleanSlice();
  void Fail(const std::string& what);
  void CountBytes();

  // Constant after construction.
  WriterOptions options_;
  std::unique_ptr<OwnerLock> lock_;
  Recorder* recorder_;
  OtherTables other_tables_;  // by whoever uses database_
  std::function<void()> on_replaced_;

  std::unique_ptr<Database> database_;  // thread_ only; null: to be opened
  uint64_t earlier_bytes_ = 0;          // of connections that are closed
  bool warned_of_future_ = false;
  bool cleans_others_ = false;  // of a round of cleaning: its second half

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  // Guarded.
  std::string problem_;
  WriterCounts counts_;

  std::jthread thread_;
};

}  // namespace ntm::history
