// Sorts samples on disk: they are added in the order of time and read in the
// order of series.
//
// Units    times are ms since the epoch.
// Shape    an external merge sort: fixed-size records are sorted in memory in
//          chunks, each chunk is appended to a temporary file as a run, and the
//          runs are merged at the end. The texts of the series are in another
//          temporary file. A series may be introduced more than once.
// Memory   one chunk (kChunkBytes) while samples are added, half of it while
//          they are read, for any number of samples. The disk holds the records
//          once; twice if there are more than kMaxRuns chunks.
// Threads  not synchronised.
// Errors   throws ntm::Error if the folder is not writable or the disk fails.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "temporary_file.h"

namespace ntm {

// Identifies a series: the index of its family, then a 128-bit hash of its
// text.
struct SeriesId {
  uint64_t family = 0;
  uint64_t high = 0;
  uint64_t low = 0;

  friend auto operator<=>(const SeriesId&, const SeriesId&) = default;
};

// A sample's value; integers are exact.
struct SampleValue {
  uint64_t bits = 0;  // the integer, or a double's representation
  bool is_integer = true;

  friend bool operator==(const SampleValue&, const SampleValue&) = default;
};

class SampleSpool {
 public:
  static constexpr size_t kChunkBytes = 16 << 20;
  static constexpr size_t kMaxRuns = 1024;

  // Receives the sorted samples.
  class Reader {
   public:
    // The following samples belong to this series.
    virtual void OnSeries(const SeriesId& id, const std::string& text) = 0;
    // The times of a series are strictly increasing.
    virtual void OnSample(int64_t time_ms, const SampleValue& value) = 0;

   protected:
    ~Reader() = default;
  };

  // Creates its files in `folder`. `chunk_records` and `max_runs` are for
  // tests.
  explicit SampleSpool(const std::string& folder,
                       size_t chunk_records = kChunkBytes / sizeof(Record),
                       size_t max_runs = kMaxRuns);

  // Must be called before the series' first sample.
  void Introduce(const SeriesId& id, std::string_view text);
  void Add(const SeriesId& id, int64_t time_ms, const SampleValue& value);

  // Passes all samples to the reader. If a series has two samples with the same
  // time, the first one counts. Nothing may be added afterwards.
  void ReadSorted(Reader* reader);

 private:
  struct Record {
    SeriesId id;
    int64_t time_ms;  // kIntroduction: `bits` is the offset of the text
    uint64_t bits;
    uint64_t order : 63;  // of insertion
    uint64_t is_integer : 1;

    friend bool operator<(const Record& a, const Record& b) {
      return std::tuple(a.id, a.time_ms, uint64_t{a.order}) <
             std::tuple(b.id, b.time_ms, uint64_t{b.order});
    }
  };
  static constexpr int64_t kIntroduction = INT64_MIN;

  struct Run {
    uint64_t begin;  // in bytes
    uint64_t end;
  };
  class RunReader;

  void Add(Record record);
  void FlushChunk();
  // Merges all runs into one.
  void Compact();
  void MergeRuns(const std::function<void(const Record&)>& take);
  std::string TextAt(uint64_t offset);

  // Constant after construction
  size_t chunk_records_;
  size_t max_runs_;

  // All are created by the constructor: after privileges are dropped, the
  // folder may not be accessible.
  TemporaryFile records_;
  TemporaryFile merged_;  // empty except in Compact()
  TemporaryFile texts_;
  std::vector<Record> chunk_;
  std::vector<Run> runs_;
  uint64_t order_ = 0;
  std::string text_buffer_;  // not yet written to texts_
};

}  // namespace ntm
