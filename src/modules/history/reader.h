// Reads the history from the database and from the rows not written yet.
//
// Threads  any; reads are serialized by a mutex.
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
  // Without a path or a file only the recorder is read, without a recorder only
  // the file. `recorder` must outlive this object.
  Reader(std::string path, const Recorder* recorder);

  // Closes the file, since it was replaced or is not needed; the next query
  // opens it again.
  void Reopen();

  // Opens the file before the process drops its rights.
  void OpenAhead();

  bool has_database() const noexcept { return !path_.empty(); }
  bool Knows(const SourceKey& source);

  // A source's buckets of one tier whose begin is in [from, to), in order of
  // time, one per begin.
  Buckets Points(const SourceKey& source, int64_t tier_seconds, int64_t from_s,
                 int64_t to_s);

 private:
  // nullptr if there is no readable database. REQUIRES: the lock.
  Database* Open();

  // Constant after construction.
  const std::string path_;
  const Recorder* recorder_;

  std::mutex mutex_;
  std::unique_ptr<Database> database_;  // guarded
};

}  // namespace ntm::history
