#include "backfill.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace ntm {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;

// The spooled samples need about as much space as the output file, so they are
// put into its folder.
std::string SpoolFolder(const std::string& out_path) {
  if (const char* folder = std::getenv("TMPDIR"); folder && *folder != '\0') {
    return folder;
  }
  std::error_code none;
  if (!std::filesystem::is_regular_file(out_path, none)) return "/tmp";
  const std::string folder = std::filesystem::path(out_path).parent_path();
  return folder.empty() ? "." : folder;
}

// Rounds the time up to a multiple of the step.
int64_t StepOf(int64_t time_ns, int64_t step_ms) {
  const int64_t step_ns = step_ms * kNsPerMs;
  const int64_t time = std::max<int64_t>(time_ns, 0);
  return (time / step_ns + (time % step_ns != 0 ? 1 : 0)) * step_ms;
}

}  // namespace

Backfill::Backfill(const std::string& out_path, std::chrono::milliseconds step,
                   FrameSink* input, Scrape scrape)
    : step_ms_(step.count()),
      input_(input),
      scrape_(std::move(scrape)),
      out_(out_path),
      spool_(SpoolFolder(out_path)),
      sampler_(step_ms_, &spool_) {}

void Backfill::OnFrame(const Frame& frame) noexcept {
  if (!failure_) {
    try {
      AdvanceTo(frame.time_ns);
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  input_->OnFrame(frame);
}

void Backfill::AdvanceTo(int64_t time_ns) {
  const int64_t step_at_ms = StepOf(time_ns, step_ms_);
  if (!has_begun_) {
    has_begun_ = true;
    step_at_ms_ = step_at_ms;
  }
  if (step_at_ms <= step_at_ms_) return;
  sampler_.Take(step_at_ms_, scrape_(), SeriesSampler::Keep::kDueSeries);
  if (step_at_ms - step_at_ms_ <= kLongestPauseMs) {
    for (int64_t time_ms = step_at_ms_ + step_ms_; time_ms < step_at_ms;
         time_ms += step_ms_) {
      sampler_.Repeat(time_ms);
    }
  }
  step_at_ms_ = step_at_ms;
}

void Backfill::Rethrow() const {
  if (failure_) std::rethrow_exception(failure_);
}

void Backfill::Finish() {
  if (has_begun_) {
    sampler_.Take(step_at_ms_, scrape_(), SeriesSampler::Keep::kEverySeries);
  }
  out_.Begin(&sampler_.heads());
  spool_.ReadSorted(&out_);
  out_.Finish();
}

}  // namespace ntm
