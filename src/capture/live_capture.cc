#include "ntm/capture/live_capture.h"

#include <mutex>
#include <utility>

#include "capture_threads.h"
#include "capture_warnings.h"
#include "interface_watch.h"
#include "live_interface.h"

namespace ntm {

LiveCapture::LiveCapture(LiveCaptureOptions options, Pipeline* pipeline)
    : options_(std::move(options)),
      pipeline_(pipeline),
      threads_(
          std::make_unique<CaptureThreads>(&options_, &interfaces_, pipeline)) {
  for (const std::string& name : options_.interfaces) {
    const auto number = static_cast<uint16_t>(interfaces_.size() + 1);
    interfaces_.push_back(
        std::make_unique<LiveInterface>(name, number, pipeline));
    watches_.push_back(std::make_unique<InterfaceWatch>(
        interfaces_.back().get(), &options_.settings, &links_));
    watches_.back()->Begin(options_.wait_for_interface);
  }
  CheckOverlaps();
}

LiveCapture::~LiveCapture() { Stop(); }

void LiveCapture::Start() { threads_->Start(); }

void LiveCapture::Stop() {
  threads_->Stop();
  for (const auto& interface : interfaces_) interface->Finish();
}

void LiveCapture::CheckLinks(std::chrono::nanoseconds now) {
  for (const auto& watch : watches_) {
    if (watch->Check(now)) threads_->Wake();
  }
  // Ports of a bridge can be added or removed at any time.
  if (interfaces_.size() > 1) CheckOverlaps();
}

void LiveCapture::CheckOverlaps() {
  auto overlaps = FindOverlaps(options_.interfaces, links_.All());
  WarnOfOverlaps(overlaps, overlaps_);
  const std::scoped_lock lock(pipeline_->lock());
  overlaps_ = std::move(overlaps);
}

void LiveCapture::AddTo(Snapshot* snapshot) const {
  for (const auto& interface : interfaces_) {
    CaptureCounters counters = interface->Counters();
    for (const Overlap& overlap : overlaps_) {
      if (overlap.interface == interface->name()) {
        counters.overlaps.push_back(overlap.with);
      }
    }
    snapshot->captures.push_back(std::move(counters));
  }
}

void LiveCapture::AddStatisticsTo(Snapshot* snapshot) const {
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    interfaces_[i]->AddStatisticsTo(&snapshot->captures[i]);
  }
}

bool LiveCapture::finished() const noexcept { return threads_->finished(); }

}  // namespace ntm
