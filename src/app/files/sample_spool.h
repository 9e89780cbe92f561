// Samples on their way to a file that wants them series by series: they come
// in the order of time and go out in the order of series, through the disk.
//
// Units    times are ms since the epoch.
// Shape    fixed-size records, sorted in chunks in memory, each chunk a run of
//          a file without a name, the runs merged at the end. A series is
//          introduced by its text, which is kept in a second such file; to
//          introduce it again does no harm.
// Memory   one chunk (kChunkBytes) while samples come, half of it while they
//          go; not more, however many there are. The disk holds what is spooled
//          once; twice when there are more than kMaxRuns chunks.
// Threads  not synchronised.
// Errors   throws ntm::Error where the folder or the disk refuses.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "temporary_file.h"

namespace ntm {

// What tells a series from all others: its family's rank, then 128 bits of its
// text.
struct SeriesId {
  uint64_t family = 0;
  uint64_t high = 0;
  uint64_t low = 0;

  friend auto operator<=>(const SeriesId&, const SeriesId&) = default;
};

// A sample's value: integers stay exact.
struct SampleValue {
  uint64_t bits = 0;  // the integer, or a double's representation
  bool is_integer = true;

  friend bool operator==(const SampleValue&, const SampleValue&) = default;
};

class SampleSpool {
 public:
  static constexpr size_t kChunkBytes = 16 << 20;
  static constexpr size_t kMaxRuns = 1024;

  // The one that takes what comes out.
  class Reader {
   public:
    // The series that the samples from now on belong to.
    virtual void OnSeries(const SeriesId& id, const std::string& text) = 0;
    // Times of a series grow strictly.
    virtual void OnSample(int64_t time_ms, const SampleValue& value) = 0;

   protected:
    ~Reader() = default;
  };

  // Its files are made in `folder`. `chunk_records` and `max_runs` are for
  // tests.
  explicit SampleSpool(const std::string& folder,
                       size_t chunk_records = kChunkBytes / sizeof(Record),
                       size_t max_runs = kMaxRuns);

  // Before the series' first sample.
  void Introduce(const SeriesId& id, std::string_view text);
  void Add(const SeriesId& id, int64_t time_ms, const SampleValue& value);

  // Hands everything over. Of two samples of one series at the same time the
  // one that was added first counts. Nothing may be added after it.
  void ReadSorted(Reader* reader);

 private:
  struct Record {
    SeriesId id;
    int64_t time_ms;  // kIntroduction: `bits` is where the text begins
    uint64_t bits;
    uint64_t order : 63;  // in which it came
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
  // Makes one run of all.
  void Compact();
  void MergeRuns(const std::function<void(const Record&)>& take);
  std::string TextAt(uint64_t offset);

  // Constant after construction
  size_t chunk_records_;
  size_t max_runs_;

  // All are made at once: later the folder may be out of reach.
  TemporaryFile records_;
  TemporaryFile merged_;  // empty but in Compact()
  TemporaryFile texts_;
  std::vector<Record> chunk_;
  std::vector<Run> runs_;
  uint64_t order_ = 0;
  std::string text_buffer_;  // of texts_, not yet written
};

}  // namespace ntm
