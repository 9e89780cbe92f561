#include "scrape_stream.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "ntm/base/error.h"

namespace ntm {

using std::chrono::steady_clock;

namespace {

// A block may end with a line that goes beyond its size.
constexpr size_t kLineBytes = 1024;

}  // namespace

ModuleHost::ScrapeStream::ScrapeStream(const ModuleHost& host,
                                       steady_clock::time_point began,
                                       std::shared_ptr<const Snapshot> fresh,
                                       ExpositionFormat format,
                                       const std::vector<std::string>& asked)
    : host_(host),
      fresh_(std::move(fresh)),
      out_(format, host.options_.metric_prefix, &text_, &later_),
      resumed_(began) {
  out_.Only(asked);
  out_.SetCountedSince(host_.began_ns_);
  for (const auto& hosted : host_.modules_) Expose(hosted.get());
  spent_ = steady_clock::now() - began;
}

void ModuleHost::ScrapeStream::Expose(Hosted* hosted) {
  const size_t text_before = text_.size();
  const size_t later_before = later_.size();
  if (!host_.Guard(hosted, &Hosted::exposes,
                   [&] { hosted->module->Expose(*fresh_, out_); })) {
    text_.resize(text_before);
    later_.resize(later_before);
  }
  owners_.resize(later_.size(), hosted);
}

bool ModuleHost::ScrapeStream::Next(std::string* block) {
  block->clear();
  block->reserve(kBlockBytes + kLineBytes);
  resumed_ = steady_clock::now();
  const bool more = Fill(kBlockBytes, block);
  spent_ += steady_clock::now() - resumed_;
  return more;
}

void ModuleHost::ScrapeStream::Finish(std::string* text) {
  resumed_ = steady_clock::now();
  Fill(std::numeric_limits<size_t>::max(), text);
}

bool ModuleHost::ScrapeStream::Fill(size_t enough_bytes, std::string* block) {
  for (; next_ < later_.size(); ++next_) {
    if (!CopyTo(later_[next_].at, enough_bytes, block) ||
        AppendSamples(enough_bytes, block)) {
      return true;
    }
  }
  if (!std::exchange(has_own_families_, true)) {
    const auto spent = spent_ + (steady_clock::now() - resumed_);
    if (!host_.options_.files_only) host_.WriteOwnFamilies(spent, &out_);
    out_.Finish();
  }
  return !CopyTo(text_.size(), enough_bytes, block);
}

bool ModuleHost::ScrapeStream::CopyTo(size_t end, size_t enough_bytes,
                                      std::string* block) {
  const size_t room = enough_bytes - std::min(block->size(), enough_bytes);
  const size_t size = std::min(end - copied_, room);
  block->append(text_, copied_, size);
  copied_ += size;
  return copied_ == end;
}

bool ModuleHost::ScrapeStream::AppendSamples(size_t enough_bytes,
                                             std::string* block) {
  bool more = false;
  Hosted* const owner = owners_[next_];
  if (!host_.Guard(owner, &Hosted::exposes, [&] {
        more = later_[next_].samples->Append(enough_bytes, block);
      })) {
    throw Error("module " + std::string(owner->module->name()) +
                " failed while its samples were written; see the line before");
  }
  return more;
}

}  // namespace ntm
