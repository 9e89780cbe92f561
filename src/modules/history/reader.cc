#include "reader.h"

#include <map>
#include <utility>

#include "ntm/base/kept_file.h"
#include "schema.h"
#include "store.h"

namespace ntm::history {

Reader::Reader(std::string path, const Recorder* recorder)
    : path_(std::move(path)), recorder_(recorder) {}

void Reader::Reopen() {
  const std::scoped_lock lock(mutex_);
  database_.reset();
}

void Reader::OpenAhead() {
  const std::scoped_lock lock(mutex_);
  try {
    Open();
  } catch (const DatabaseError&) {
    // The first query reports it.
  }
}

Database* Reader::Open() {
  if (database_ == nullptr && !path_.empty() && FileExists(path_)) {
    auto database = std::make_unique<Database>(path_, OpenMode::kReadOnly);
    if (database->schema_version() != kSchemaVersion) return nullptr;
    database_ = std::move(database);
  }
  return database_.get();
}

bool Reader::Knows(const SourceKey& source) {
  if (recorder_ != nullptr && recorder_->Knows(source)) return true;
  const std::scoped_lock lock(mutex_);
  Database* database = Open();
  return database != nullptr && ReadSources(database).contains(source);
}

Buckets Reader::Points(const SourceKey& source, int64_t tier_seconds,
                       int64_t from_s, int64_t to_s) {
  Buckets fresh;
  if (recorder_ != nullptr) {
    // Before the database is read, so that rows written in between are in both
    // rather than in neither.
    fresh = recorder_->Points(source, tier_seconds, from_s, to_s);
  }
  Buckets kept;
  {
    const std::scoped_lock lock(mutex_);
    if (Database* database = Open()) {
      kept = ReadPoints(source, tier_seconds, from_s, to_s, database);
    }
  }
  if (fresh.empty()) return kept;
  std::map<int64_t, Bucket> all;
  for (const Bucket& bucket : kept) all[bucket.begin_s] = bucket;
  for (const Bucket& bucket : fresh) {
    Bucket& place = all[bucket.begin_s];
    // The rule of WriteBatches().
    if (bucket.samples >= place.samples) place = bucket;
  }
  Buckets merged;
  merged.reserve(all.size());
  for (const auto& [begin_s, bucket] : all) merged.push_back(bucket);
  return merged;
}

}  // namespace ntm::history
