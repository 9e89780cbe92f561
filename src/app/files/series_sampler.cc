#include "series_sampler.h"

#include <xxhash.h>

#include <bit>
#include <charconv>

namespace ntm {
namespace {

// Removes and returns the text before `end`, and removes `end`.
std::string_view TakeUntil(char end, std::string_view* text) {
  const size_t at = text->find(end);
  const std::string_view taken = text->substr(0, at);
  text->remove_prefix(at == std::string_view::npos ? text->size() : at + 1);
  return taken;
}

SampleValue ValueOf(std::string_view text) {
  const char* const end = text.data() + text.size();
  SampleValue value;
  if (std::from_chars(text.data(), end, value.bits).ptr == end) return value;
  if (text.starts_with('+')) text.remove_prefix(1);  // +Inf
  double number = 0;
  std::from_chars(text.data(), end, number);
  return {std::bit_cast<uint64_t>(number), false};
}

}  // namespace

SeriesSampler::SeriesSampler(int64_t step_ms, SampleSpool* spool)
    : step_ms_(step_ms), spool_(spool) {}

void SeriesSampler::Take(int64_t time_ms, std::string_view exposition,
                         Keep keep) {
  ++takes_;
  family_.clear();
  while (!exposition.empty()) {
    const std::string_view line = TakeUntil('\n', &exposition);
    if (line.starts_with("# ")) {
      TakeHead(line);
    } else if (!line.empty()) {
      TakeSample(time_ms, line, keep);
    }
  }
  std::erase_if(series_, [this](const auto& entry) {
    return entry.second.taken != takes_;
  });
}

void SeriesSampler::Repeat(int64_t time_ms) {
  for (auto& [id, series] : series_) {
    if (IsDue(time_ms, series)) Write(time_ms, id, &series);
  }
}

// "# HELP family text" or "# TYPE family type", in any order.
void SeriesSampler::TakeHead(std::string_view line) {
  std::string_view rest = line.substr(2);
  const std::string_view word = TakeUntil(' ', &rest);
  if (word == "EOF") return;
  const std::string family(TakeUntil(' ', &rest));
  if (family != family_) {
    family_ = family;
    is_counter_ = false;
    const auto [found, is_new] = ranks_.try_emplace(family, heads_.size());
    is_new_family_ = is_new;
    rank_ = found->second;
    if (is_new) heads_.emplace_back();
  }
  if (word == "TYPE") is_counter_ = rest == "counter" || rest == "histogram";
  if (is_new_family_) heads_[rank_].append(line).push_back('\n');
}

// "name{labels} value"; the value has no space, so the last space is before it.
void SeriesSampler::TakeSample(int64_t time_ms, std::string_view line,
                               Keep keep) {
  const size_t blank = line.rfind(' ');
  const std::string_view text = line.substr(0, blank);
  const SampleValue value = ValueOf(line.substr(blank + 1));
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  const SeriesId id{rank_, hash.high64, hash.low64};
  const auto found = series_.find(id);
  if (found == series_.end()) {
    Begin(time_ms, id, text, value);
    return;
  }
  Series& series = found->second;
  series.taken = takes_;
  if (series.value != value) {
    Move(time_ms, id, value, &series);
  } else if (keep == Keep::kEverySeries || IsDue(time_ms, series)) {
    Write(time_ms, id, &series);
  }
}

void SeriesSampler::Begin(int64_t time_ms, const SeriesId& id,
                          std::string_view text, const SampleValue& value) {
  spool_->Introduce(id, text);
  if (is_counter_ && time_ms >= step_ms_) {
    spool_->Add(id, time_ms - step_ms_, {0, true});
  }
  Series& series = series_[id];
  series = {value, time_ms, time_ms, takes_};
  Write(time_ms, id, &series);
}

void SeriesSampler::Move(int64_t time_ms, const SeriesId& id,
                         const SampleValue& value, Series* series) {
  if (series->written_at_ms < time_ms - step_ms_) {
    Write(time_ms - step_ms_, id, series);
  }
  series->value = value;
  series->moved_at_ms = time_ms;
  Write(time_ms, id, series);
}

void SeriesSampler::Write(int64_t time_ms, const SeriesId& id, Series* series) {
  spool_->Add(id, time_ms, series->value);
  series->written_at_ms = time_ms;
}

// A sample that is skipped now can be written one step later at the earliest.
bool SeriesSampler::IsDue(int64_t time_ms, const Series& series) const {
  return time_ms - series.moved_at_ms <= kFreshMs ||
         time_ms + step_ms_ - series.written_at_ms > kKeepAliveMs;
}

}  // namespace ntm
