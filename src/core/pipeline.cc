#include "ntm/pipeline.h"

#include <algorithm>
#include <mutex>

#include "ntm/decode.h"

namespace ntm {
namespace {

// IPv4 without options and TCP with time stamps, the usual merged segment.
constexpr uint32_t kMergedHeaderBytes = 20 + 32;

// Some 0.1 ms where all are evicted; a table of the default size in one sweep.
constexpr size_t kPlacesPerLock = 1024;
constexpr size_t kMaxPlacesPerSweep = 65536;

}  // namespace

Pipeline::Pipeline(size_t max_series, uint64_t hash_seed,
                   std::shared_ptr<const Services> services)
    : services_(services),
      classifier_(std::move(services)),
      flows_(max_series, hash_seed) {}

void Pipeline::Line::OnFrame(const Frame& frame) noexcept {
  ++counts_.packets;
  counts_.wire_bytes += frame.wire_bytes;
  counts_.last_frame_ns = frame.time_ns;

  Packet packet;
  const DecodeStatus status = Decode(frame, &packet);
  if (status != DecodeStatus::kOk) {
    ++pipeline_->decode_errors_[static_cast<size_t>(status)];
    return;
  }
  if (packet.anomalies != 0) {
    for (size_t i = 0; i < kAnomalyCount; ++i) {
      pipeline_->decode_anomalies_[i] += packet.anomalies >> i & 1U;
    }
  }
  const ServiceId service = pipeline_->classifier_.Service(packet);
  pipeline_->flows_.Add(packet, service, frame.time_ns);
  counts_.bytes += packet.bytes;
  if (mtu_bytes_ != 0 &&
      frame.wire_bytes > mtu_bytes_ + packet.network_offset) {
    CountSuperpacket(frame, packet);
  }
}

void Pipeline::Line::CountSuperpacket(const Frame& frame,
                                      const Packet& packet) noexcept {
  ++counts_.superpackets;
  const uint32_t network_bytes = frame.wire_bytes - packet.network_offset;
  if (mtu_bytes_ <= kMergedHeaderBytes) {
    ++counts_.superpacket_segments;
    return;
  }
  const uint32_t segment_bytes = mtu_bytes_ - kMergedHeaderBytes;
  const uint32_t segments =
      (network_bytes - kMergedHeaderBytes + segment_bytes - 1) / segment_bytes;
  counts_.superpacket_segments += segments;
  counts_.merged_header_bytes +=
      uint64_t{segments - 1} * (packet.network_offset + kMergedHeaderBytes);
}

void Pipeline::EvictIdle(int64_t before_ns) {
  const size_t places = std::min(flows_.capacity(), kMaxPlacesPerSweep);
  for (size_t swept = 0; swept < places; swept += kPlacesPerLock) {
    const std::scoped_lock lock(lock_);
    flows_.EvictIdle(before_ns, std::min(kPlacesPerLock, places - swept));
  }
}

void Pipeline::CopyTo(Snapshot* snapshot) {
  flows_.CopyTo(&snapshot->flows);
  snapshot->evicted_series = flows_.evicted().series;
  snapshot->evicted_bytes = flows_.evicted().bytes;
  snapshot->evicted_packets = flows_.evicted().packets;
  snapshot->series_limit = flows_.capacity();
  snapshot->decode_errors = decode_errors_;
  snapshot->decode_anomalies = decode_anomalies_;
  snapshot->services = services_;
}

}  // namespace ntm
