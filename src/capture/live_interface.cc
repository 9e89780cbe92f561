#include "live_interface.h"

#include <utility>

#include "ntm/capture/capture_filter.h"

namespace ntm {

LiveInterface::LiveInterface(std::string name, uint16_t number,
                             Pipeline* pipeline)
    : name_(std::move(name)), pipeline_(pipeline) {
  for (size_t lane = 0; lane < pipeline->lane_count(); ++lane) {
    shares_.emplace_back(pipeline, number, lane);
  }
}

const std::string& LiveInterface::FilterDescription() const {
  return shares_.front().capture->filter().description();
}

uint64_t LiveInterface::Open(std::vector<std::unique_ptr<Capture>> captures,
                             const std::optional<LinkState>& link) {
  const std::scoped_lock statistics(statistics_mutex_);
  const std::scoped_lock lock(pipeline_->lock());
  for (size_t lane = 0; lane < captures.size(); ++lane) {
    shares_[lane].capture = std::move(captures[lane]);
  }
  if (link) SetMtuBytes(link->mtu_bytes);
  is_up_ = true;
  return link ? WireBytes(*link) : 0;
}

void LiveInterface::Close() {
  // Destroyed last, after both locks are released.
  std::vector<std::unique_ptr<Capture>> closed;
  const std::scoped_lock statistics(statistics_mutex_);
  ReadStatistics();
  const std::scoped_lock lock(pipeline_->lock());
  closed = TakeCaptures();
}

void LiveInterface::SetUp() {
  const std::scoped_lock lock(pipeline_->lock());
  is_up_ = true;
}

void LiveInterface::SetDown(const std::string& reason) {
  const std::scoped_lock lock(pipeline_->lock());
  is_up_ = false;
  down_reason_ = reason;
  reconciled_ratio_.reset();
}

std::string LiveInterface::Failure() const {
  const std::scoped_lock lock(pipeline_->lock());
  for (const Share& share : shares_) {
    if (!share.failure.empty()) return share.failure;
  }
  return {};
}

bool LiveInterface::HasSuperpackets() const {
  const std::scoped_lock lock(pipeline_->lock());
  return Counts().superpackets.frames != 0;
}

uint64_t LiveInterface::SetMtu(const LinkState& link) {
  const std::scoped_lock lock(pipeline_->lock());
  SetMtuBytes(link.mtu_bytes);
  return WireBytes(link);
}

void LiveInterface::SetReconciledRatio(std::optional<double> ratio) {
  const std::scoped_lock lock(pipeline_->lock());
  reconciled_ratio_ = ratio;
}

void LiveInterface::Finish() {
  const std::scoped_lock lock(pipeline_->lock());
  SetMtuBytes(0);
}

CaptureCounters LiveInterface::Counters() const {
  CaptureCounters counters;
  counters.interface = name_;
  counters.up = is_up_;
  counters.down_reason = is_up_ ? "" : down_reason_;
  const Pipeline::InputCounts counts = Counts();
  counters.packets = counts.packets;
  counters.bytes = counts.bytes;
  counters.wire_bytes = counts.wire_bytes;
  counters.superpackets = counts.superpackets.frames;
  counters.superpacket_segments = counts.superpackets.segments;
  counters.classes = counts.classes;
  counters.filtered_packets = FilteredPackets();
  counters.reconciled_ratio = reconciled_ratio_;
  return counters;
}

void LiveInterface::AddStatisticsTo(CaptureCounters* counters) {
  const std::scoped_lock statistics(statistics_mutex_);
  ReadStatistics();
  counters->received_packets = received_packets_;
  counters->dropped_by_kernel_packets = dropped_by_kernel_packets_;
  counters->dropped_by_interface_packets = dropped_by_interface_packets_;
}

Pipeline::InputCounts LiveInterface::Counts() const {
  Pipeline::InputCounts counts;
  for (const Share& share : shares_) counts += share.input.counts();
  return counts;
}

uint64_t LiveInterface::FilteredPackets() const {
  uint64_t packets = filtered_before_packets_;
  for (const Share& share : shares_) {
    if (share.capture) packets += share.capture->filtered_frames();
  }
  return packets;
}

uint64_t LiveInterface::WireBytes(const LinkState& link) const {
  const Pipeline::InputCounts counts = Counts();
  return counts.wire_bytes +
         (link.is_hardware ? counts.superpackets.merged_header_bytes : 0);
}

void LiveInterface::SetMtuBytes(uint32_t mtu_bytes) {
  for (Share& share : shares_) share.input.SetMtuBytes(mtu_bytes);
}

void LiveInterface::ReadStatistics() {
  for (Share& share : shares_) {
    const auto now = share.capture ? share.capture->Statistics() : std::nullopt;
    if (!now) continue;
    const CaptureStatistics& seen = share.seen;
    received_packets_ += now->received_packets - seen.received_packets;
    dropped_by_kernel_packets_ +=
        now->dropped_by_kernel_packets - seen.dropped_by_kernel_packets;
    // Every capture reports the counter of the whole interface: read it once.
    if (&share == &shares_.front()) {
      dropped_by_interface_packets_ +=
          now->dropped_by_interface_packets - seen.dropped_by_interface_packets;
    }
    share.seen = *now;
  }
}

std::vector<std::unique_ptr<Capture>> LiveInterface::TakeCaptures() {
  std::vector<std::unique_ptr<Capture>> captures;
  for (Share& share : shares_) {
    share.seen = {};
    share.failure.clear();
    if (share.capture) {
      filtered_before_packets_ += share.capture->filtered_frames();
    }
    captures.push_back(std::move(share.capture));
  }
  return captures;
}

}  // namespace ntm
