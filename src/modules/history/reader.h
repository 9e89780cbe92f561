// Reads the history: the database, and on top of it what is not written yet.
//
// Threads  all functions on any thread; one reads at a time.
// Errors   DatabaseError.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "ntm/base/database.h"
#include "rate_buckets.h"
#include "recorder.h"

namespace ntm::history {

class Reader {
 public:
  // Without a path, or while there is no file: what the recorder has. Without
  // a recorder: what the file has. `recorder` must outlive it.
  Reader(std::string path, const Recorder* recorder);

  // The file at the path has become another one, or is to be closed until it is
  // asked for again.
  void Reopen();

  // Opens it now, while this may be possible still.
  void OpenAhead();

  bool has_database() const noexcept { return !path_.empty(); }
  bool Knows(const SourceKey& source);

  // A source's buckets of one tier whose begin is in [from, to), in order of
  // time, one per begin.
  Buckets Points(const SourceKey& source, int64_t tier_seconds, int64_t from_s,
                 int64_t to_s);

 private:
  // Null where there is none to be read. REQUIRES: the lock.
  Database* Open();

  // Constant after construction.
  const std::string path_;
  const Recorder* recorder_;

  std::mutex mutex_;
  std::unique_ptr<Database> database_;  // guarded
};

}  // namespace ntm::history
