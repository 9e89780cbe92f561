#include "sample_spool.h"

#include <algorithm>
#include <queue>
#include <utility>

namespace ntm {
namespace {

constexpr size_t kTextBufferBytes = 1 << 20;

}  // namespace

// Reads one run with a buffer.
class SampleSpool::RunReader {
 public:
  RunReader(const TemporaryFile* file, Run run, size_t buffer_records)
      : file_(file), run_(run), buffer_records_(buffer_records) {
    Next();
  }

  bool at_end() const { return at_end_; }
  const Record& record() const { return buffer_[next_ - 1]; }

  void Next() {
    if (next_ == buffer_.size() && !Fill()) return;
    ++next_;
  }

 private:
  bool Fill() {
    const uint64_t bytes = std::min<uint64_t>(run_.end - run_.begin,
                                              buffer_records_ * sizeof(Record));
    if (bytes == 0) {
      at_end_ = true;
      return false;
    }
    buffer_.resize(bytes / sizeof(Record));
    file_->Read(run_.begin, buffer_.data(), bytes);
    run_.begin += bytes;
    next_ = 0;
    return true;
  }

  const TemporaryFile* file_;
  Run run_;
  size_t buffer_records_;
  std::vector<Record> buffer_;
  size_t next_ = 0;  // index of the record after record()
  bool at_end_ = false;
};

SampleSpool::SampleSpool(const std::string& folder, size_t chunk_records,
                         size_t max_runs)
    : chunk_records_(chunk_records),
      max_runs_(max_runs),
      records_(folder),
      merged_(folder),
      texts_(folder) {}

void SampleSpool::Introduce(const SeriesId& id, std::string_view text) {
  const uint64_t offset = texts_.size_bytes() + text_buffer_.size();
  const uint64_t size = text.size();
  text_buffer_.append(reinterpret_cast<const char*>(&size), sizeof size);
  text_buffer_.append(text);
  if (text_buffer_.size() >= kTextBufferBytes) {
    texts_.Append(text_buffer_.data(), text_buffer_.size());
    text_buffer_.clear();
  }
  Add({id, kIntroduction, offset, 0, 1});
}

void SampleSpool::Add(const SeriesId& id, int64_t time_ms,
                      const SampleValue& value) {
  Add({id, time_ms, value.bits, 0, value.is_integer});
}

void SampleSpool::Add(Record record) {
  record.order = order_++ & (UINT64_MAX >> 1);
  chunk_.push_back(record);
  if (chunk_.size() >= chunk_records_) FlushChunk();
}

void SampleSpool::FlushChunk() {
  if (chunk_.empty()) return;
  std::sort(chunk_.begin(), chunk_.end());
  const uint64_t begin = records_.size_bytes();
  records_.Append(chunk_.data(), chunk_.size() * sizeof(Record));
  runs_.push_back({begin, records_.size_bytes()});
  chunk_.clear();
  if (runs_.size() >= max_runs_) Compact();
}

void SampleSpool::Compact() {
  MergeRuns([&](const Record& record) {
    chunk_.push_back(record);
    if (chunk_.size() < std::max<size_t>(chunk_records_ / 2, 1)) return;
    merged_.Append(chunk_.data(), chunk_.size() * sizeof(Record));
    chunk_.clear();
  });
  merged_.Append(chunk_.data(), chunk_.size() * sizeof(Record));
  chunk_.clear();
  std::swap(records_, merged_);
  merged_.Clear();
  runs_ = {{0, records_.size_bytes()}};
}

void SampleSpool::MergeRuns(const std::function<void(const Record&)>& take) {
  const size_t buffer_records = std::max<size_t>(
      chunk_records_ / 2 / std::max<size_t>(runs_.size(), 1), 1);
  std::vector<RunReader> readers;
  readers.reserve(runs_.size());
  for (const Run& run : runs_) {
    readers.emplace_back(&records_, run, buffer_records);
  }
  const auto is_later = [&](size_t a, size_t b) {
    return readers[b].record() < readers[a].record();
  };
  std::priority_queue<size_t, std::vector<size_t>, decltype(is_later)> first(
      is_later);
  for (size_t i = 0; i < readers.size(); ++i) first.push(i);
  while (!first.empty()) {
    const size_t i = first.top();
    first.pop();
    take(readers[i].record());
    readers[i].Next();
    if (!readers[i].at_end()) first.push(i);
  }
}

void SampleSpool::ReadSorted(Reader* reader) {
  FlushChunk();
  std::vector<Record>().swap(chunk_);
  texts_.Append(text_buffer_.data(), text_buffer_.size());
  text_buffer_.clear();
  bool has_series = false;
  SeriesId id;
  int64_t time_ms = kIntroduction;
  MergeRuns([&](const Record& record) {
    if (!has_series || record.id != id) {
      has_series = true;
      id = record.id;
      time_ms = kIntroduction;
      reader->OnSeries(id, TextAt(record.bits));
    } else if (record.time_ms > time_ms) {
      time_ms = record.time_ms;
      reader->OnSample(time_ms, {record.bits, record.is_integer != 0});
    }
  });
}

std::string SampleSpool::TextAt(uint64_t offset) {
  uint64_t size = 0;
  texts_.Read(offset, &size, sizeof size);
  std::string text(size, '\0');
  texts_.Read(offset + sizeof size, text.data(), size);
  return text;
}

}  // namespace ntm
