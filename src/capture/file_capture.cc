#include "ntm/capture/file_capture.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <utility>

#include "ntm/base/error.h"
#include "ntm/capture/unsupported_link_type.h"
#include "ntm/decode/decode.h"

namespace ntm {
namespace {

constexpr size_t kFramesAtOnce = 64;
constexpr size_t kFramesAhead = 6;
constexpr size_t kHeadersAt = 32;  // IP addresses and ports, in most frames
// A filter that lets little through must not keep the caller waiting.
constexpr size_t kMostRead = 16384;
// A damaged file can name any number; more are not warned of and match only
// without a filter.
constexpr size_t kMostLinkTypes = 32;

}  // namespace

FileCapture::FileCapture(InputFile file, const CaptureSettings& settings,
                         InputWaiter* waiter, FileSeries* series)
    : path_(file.path()),
      settings_(settings),
      reader_(std::move(file), waiter, series) {
  if (reader_.link_type() < 0) return;
  Select(reader_.link_type());
  if (now_->filter) filter_description_ = now_->filter->description();
}

void FileCapture::Select(int link_type) {
  const auto known = std::ranges::find_if(
      link_types_, [&](const auto& type) { return type->number == link_type; });
  now_ = known != link_types_.end() ? known->get() : Add(link_type);
}

const FileCapture::LinkType* FileCapture::Add(int link_type) {
  auto added = std::make_unique<LinkType>(LinkType{link_type, nullptr});
  const bool is_supported = IsLinkTypeSupported(link_type);
  const bool is_one_too_many = link_types_.size() >= kMostLinkTypes;
  has_unsupported_ |= !is_supported;
  if (!is_supported && !is_one_too_many) {
    spdlog::warn(
        "{}: frames cannot be counted, because {}; docs/link-types.md lists "
        "the supported link types",
        path_, WhyUnsupported(link_type));
  }
  try {
    if (!is_one_too_many || settings_.filter.empty()) {
      added->filter = std::make_unique<CaptureFilter>(
          link_type, settings_.filter, settings_.raw_filter,
          settings_.filters.get());
    }
  } catch (const Error& error) {
    if (is_supported) throw;
    spdlog::warn("{}: none of these frames matches: {}", path_, error.what());
  }
  link_types_.push_back(std::move(added));
  return link_types_.back().get();
}

bool FileCapture::Dispatch(size_t max_frames, FrameSink* sink) {
  std::array<Frame, kFramesAtOnce + kFramesAhead> frames;
  size_t matched = 0;
  size_t read = 0;
  do {
    const size_t count = reader_.Read(
        frames.data(), std::min(kFramesAtOnce, max_frames - matched));
    if (count == 0) return false;
    read += count;
    read_frames_ += count;
    for (size_t i = 0; i < count; ++i) {
      const Frame& frame = frames[i];
      // The kernel's copy is in a farther cache. Behind the last frame the
      // pointer is an old one or null; to prefetch it does no harm.
      __builtin_prefetch(frames[i + kFramesAhead].data + kHeadersAt);
      if (now_ == nullptr || frame.link_type != now_->number) {
        Select(frame.link_type);
      }
      if (now_->filter == nullptr || !now_->filter->MatchesAll(frame)) continue;
      sink->OnFrame(frame);
      ++matched;
    }
  } while (matched < max_frames && read < kMostRead && reader_.IsAtHand());
  return true;
}

}  // namespace ntm
