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
                   std::shared_ptr<const Services> services,
                   const FlowLabelOptions& labels)
    : hash_seed_(hash_seed),
      services_(std::move(services)),
      keys_(labels),
      classifier_(
          keys_.wants_service() ? services_ : nullptr,
          keys_.wants_class() ? std::make_shared<TrafficClasses>() : nullptr),
      flows_(max_series, hash_seed, labels.labels) {}

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
  CountFlow(frame, packet);
  counts_.bytes += packet.bytes;
  if (mtu_bytes_ != 0 &&
      frame.wire_bytes > mtu_bytes_ + packet.network_offset) {
    CountSuperpacket(frame, packet);
  }
}

void Pipeline::Line::CountFlow(const Frame& frame,
                               const Packet& packet) noexcept {
  const Classes classes = pipeline_->classifier_.Of(packet);
  FlowTable& flows = pipeline_->flows_;
  if (pipeline_->keys_.is_plain()) [[likely]] {
    flows.Add(packet, classes.service, frame.time_ns);
    return;
  }
  flows.Add(pipeline_->keys_.Make(frame, packet, classes.service,
                                  classes.traffic_class, interface_),
            packet.bytes, frame.time_ns);
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

void Pipeline::SetLocalNetworks(std::shared_ptr<const LocalNetworks> networks) {
  const std::scoped_lock lock(lock_);
  keys_.set_local_networks(std::move(networks));
}

void Pipeline::SetNames(std::shared_ptr<const HostNames> names) {
  Snapshot before;
  {
    const std::scoped_lock lock(lock_);
    if (keys_.names() && keys_.names()->names() == names) return;
    CopyTo(&before);
  }
  // Flows of names come from `before` alone, so none is missed meanwhile.
  auto named = std::make_shared<const NamedHosts>(
      std::move(names), hash_seed_, before.names.get(), before.flows);
  {
    const std::scoped_lock lock(lock_);
    keys_.set_names(std::move(named));
  }
  for (size_t at = 0; at < flows_.capacity(); at += kPlacesPerLock) {
    const std::scoped_lock lock(lock_);
    flows_.EvictKeys(at, at + kPlacesPerLock, [this](const FlowKey& key) {
      return keys_.IsRenamed(key);
    });
  }
}

void Pipeline::CopyTo(Snapshot* snapshot) {
  flows_.CopyTo(&snapshot->flows, &snapshot->extras);
  snapshot->labels = keys_.options();
  snapshot->local_networks = keys_.local_networks();
  snapshot->names = keys_.names();
  snapshot->evicted_series = flows_.evicted().series;
  snapshot->evicted_bytes = flows_.evicted().bytes;
  snapshot->evicted_packets = flows_.evicted().packets;
  snapshot->series_limit = flows_.capacity();
  snapshot->decode_errors = decode_errors_;
  snapshot->decode_anomalies = decode_anomalies_;
  snapshot->services = services_;
}

}  // namespace ntm
