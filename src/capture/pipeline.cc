#include "ntm/capture/pipeline.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "ntm/base/add_each.h"
#include "ntm/decode/decode.h"
#include "ntm/flow/flow_merge.h"

namespace ntm {
namespace {

// IPv4 without options and TCP with time stamps, the usual merged segment.
constexpr uint32_t kMergedHeaderBytes = 20 + 32;

// Some 0.1 ms where all are evicted; a table of the default size in one sweep.
constexpr size_t kSlotsPerLock = 1024;
constexpr size_t kMaxSlotsPerSweep = 65536;

// Gives the vector, which is empty, memory for `size` elements. It is written
// to once, so that the kernel gives the pages now; memory of an earlier
// snapshot has its pages already.
template <typename Element>
void Touch(size_t size, std::vector<Element>* elements) {
  if (elements->capacity() >= size) return;
  elements->resize(size);
  elements->clear();
}

// As many as can be evicted at once.
size_t SlotsPerLock(const FlowTable& flows) {
  return flows.max_closed() == 0 ? kSlotsPerLock
                                 : std::min(kSlotsPerLock, flows.max_closed());
}

}  // namespace

// On cache lines of its own: each is written by another thread.
struct alignas(64) Pipeline::Lane {
  Lane(size_t max_series, uint64_t hash_seed, const FlowKeyMaker& key_maker,
       PortNames* port_names, std::shared_ptr<const Services> services,
       std::shared_ptr<const TrafficClasses> traffic_classes,
       size_t conversations)
      : keys(key_maker),
        flow_services(key_maker.wants_service() ? ~ServiceId{0} : kNoService),
        classifier(std::move(services), std::move(traffic_classes)),
        flows(max_series, hash_seed, key_maker.options().labels, port_names) {
    if (conversations == 0) return;
    health = std::make_unique<ConversationWatch>(conversations, ~hash_seed);
  }

  BatchLock lock;
  const FlowKeyMaker& keys;
  ServiceId flow_services;  // mask: flows have the label, or not
  std::unique_ptr<ConversationWatch> health;  // null: not watched
  PacketLane* log = nullptr;                  // null: packets are not logged
  Classifier classifier;
  FlowTable flows;
  std::array<uint64_t, kDecodeStatusCount> decode_errors{};
  std::array<uint64_t, kAnomalyCount> decode_anomalies{};
};

Pipeline::Pipeline(size_t max_series, uint64_t hash_seed,
                   std::shared_ptr<const Services> services,
                   const FlowLabelOptions& labels, size_t lanes,
                   std::shared_ptr<const TrafficClasses> traffic_classes,
                   size_t conversations)
    : services_(std::move(services)),
      traffic_classes_(traffic_classes
                           ? std::move(traffic_classes)
                           : std::make_shared<const TrafficClasses>()),
      hash_seed_(hash_seed),
      keys_(labels) {
  for (size_t i = 0; i < lanes; ++i) {
    const size_t share = max_series / lanes + (i < max_series % lanes ? 1 : 0);
    const bool wants_service = keys_.wants_service() || conversations > 0;
    lanes_.push_back(std::make_unique<Lane>(
        share, hash_seed, keys_, &port_names_,
        wants_service ? services_ : nullptr, traffic_classes_,
        (conversations + lanes - 1) / lanes));
    if (lanes > 1) lanes_.back()->flows.KeepClosed();
  }
}

Pipeline::~Pipeline() = default;

void Pipeline::AllLanes::lock() {
  for (const auto& lane : pipeline_->lanes_) lane->lock.Announce();
  for (const auto& lane : pipeline_->lanes_) lane->lock.Take();
}

void Pipeline::AllLanes::unlock() {
  for (const auto& lane : pipeline_->lanes_) lane->lock.unlock();
}

std::unique_lock<std::mutex> Pipeline::LockBatch(size_t lane) {
  return lanes_[lane]->lock.LockBatch();
}

Pipeline::Superpackets& Pipeline::Superpackets::operator+=(
    const Superpackets& other) noexcept {
  frames += other.frames;
  segments += other.segments;
  merged_header_bytes += other.merged_header_bytes;
  return *this;
}

Pipeline::InputCounts& Pipeline::InputCounts::operator+=(
    const InputCounts& other) noexcept {
  packets += other.packets;
  bytes += other.bytes;
  wire_bytes += other.wire_bytes;
  superpackets += other.superpackets;
  last_frame_ns = std::max(last_frame_ns, other.last_frame_ns);
  classes += other.classes;
  return *this;
}

void Pipeline::Input::OnFrame(const Frame& frame) noexcept {
  ++counts_.packets;
  counts_.wire_bytes += frame.wire_bytes;
  counts_.last_frame_ns = frame.time_ns;

  Packet packet;
  const DecodeStatus status = Decode(frame, &packet);
  if (status != DecodeStatus::kOk) {
    ++lane_->decode_errors[static_cast<size_t>(status)];
    if (lane_->log != nullptr) lane_->log->Note(frame, {}, kNoClass);
    return;
  }
  if (packet.anomalies != 0) {
    for (size_t i = 0; i < kAnomalyCount; ++i) {
      lane_->decode_anomalies[i] += packet.anomalies >> i & 1U;
    }
  }
  const Classes classes = lane_->classifier.Classify(packet);
  CountFlow(frame, packet, classes);
  const Direction direction =
      lane_->keys.local_networks()->DirectionOf(packet.src, packet.dst);
  counts_.classes.Add(packet, classes.traffic_class, direction);
  if (lane_->health != nullptr) {
    lane_->health->Add(frame, packet, {classes.service, interface_, direction});
  }
  counts_.bytes += packet.bytes;
  if (lane_->log != nullptr) [[unlikely]] {
    lane_->log->Note(frame, packet, classes.traffic_class);
  }
  if (mtu_bytes_ != 0 &&
      frame.wire_bytes > mtu_bytes_ + packet.network_offset) {
    CountSuperpacket(frame, packet);
  }
}

void Pipeline::Input::CountFlow(const Frame& frame, const Packet& packet,
                                Classes classes) noexcept {
  classes.service &= lane_->flow_services;
  lane_->keys.Make(frame, packet, classes, interface_, [&](const auto& key) {
    lane_->flows.Add(key, packet.bytes, frame.time_ns, classes.traffic_class);
  });
}

void Pipeline::Input::CountSuperpacket(const Frame& frame,
                                       const Packet& packet) noexcept {
  ++pending_.frames;
  const uint32_t network_bytes = frame.wire_bytes - packet.network_offset;
  if (mtu_bytes_ <= kMergedHeaderBytes) {
    ++pending_.segments;
    return;
  }
  const uint32_t segment_bytes = mtu_bytes_ - kMergedHeaderBytes;
  const uint32_t segments =
      (network_bytes - kMergedHeaderBytes + segment_bytes - 1) / segment_bytes;
  pending_.segments += segments;
  pending_.merged_header_bytes +=
      uint64_t{segments - 1} * (packet.network_offset + kMergedHeaderBytes);
}

void Pipeline::Input::SetMtuBytes(uint32_t mtu_bytes) noexcept {
  if (mtu_bytes <= mtu_bytes_) counts_.superpackets += pending_;
  pending_ = {};
  mtu_bytes_ = mtu_bytes;
}

void Pipeline::EvictIdle(int64_t before_ns) {
  for (const auto& lane : lanes_) {
    FlowTable& flows = lane->flows;
    const size_t slots = std::min(flows.capacity(), kMaxSlotsPerSweep);
    const size_t per_lock = SlotsPerLock(flows);
    for (size_t swept = 0; swept < slots; swept += per_lock) {
      const std::scoped_lock lock(lock_);
      flows.EvictIdle(before_ns, std::min(per_lock, slots - swept));
      SettleClosed();
    }
  }
}

void Pipeline::AgeConversations(int64_t now_ns) {
  for (const auto& lane : lanes_) {
    if (lane->health == nullptr) continue;
    const std::scoped_lock lock(lock_);
    lane->health->Age(now_ns);
  }
}

Flow* Pipeline::Find(const ClosedFlow& closed) noexcept {
  for (const auto& lane : lanes_) {
    Flow* flow =
        lane->flows.Find({closed.flow.key, closed.extras}, closed.hash);
    if (flow != nullptr) return flow;
  }
  return nullptr;
}

void Pipeline::SettleClosed() {
  if (lanes_.size() == 1) return;
  // All of them first: what waits may evict, or bring a key back.
  for (const auto& lane : lanes_) lane->flows.Drain();
  ending_.clear();
  ending_extras_.clear();
  for (const auto& lane : lanes_) {
    for (const ClosedFlow& closed : lane->flows.closed()) {
      if (Flow* living = Find(closed)) {
        AddFlow(closed.flow, living);
      } else {
        ending_.push_back(closed.flow);
        ending_extras_.push_back(closed.extras);
      }
    }
    lane->flows.closed().clear();
  }
  MergeFlows(hash_seed_, &ending_, &ending_extras_);
  ended_.series += ending_.size();
  for (const Flow& flow : ending_) {
    ended_.bytes += flow.bytes;
    ended_.packets += flow.packets;
  }
}

void Pipeline::LogTo(std::shared_ptr<PacketLog> log,
                     std::shared_ptr<const Anonymizer> anonymizer) {
  log_ = std::move(log);
  if (log_ == nullptr) return;
  std::vector<std::string> names;
  for (size_t id = 0; id < traffic_classes_->count(); ++id) {
    names.emplace_back(traffic_classes_->Name(static_cast<ClassId>(id)));
  }
  log_->Begin(lanes_.size(), std::move(names), std::move(anonymizer));
  for (size_t i = 0; i < lanes_.size(); ++i) {
    lanes_[i]->log = log_->lanes()[i].get();
  }
}

void Pipeline::WaitForLog(size_t packets, size_t lane) {
  if (log_ != nullptr) log_->lanes()[lane]->WaitForRoom(packets);
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
  }
  MakeRoom(&before);
  {
    const std::scoped_lock lock(lock_);
    CopyTo(&before);
  }
  // Flows of names come from `before` alone, so none is missed meanwhile.
  auto named = std::make_shared<const NamedHosts>(
      std::move(names), hash_seed_, before.names.get(), before.flows);
  {
    const std::scoped_lock lock(lock_);
    keys_.set_names(std::move(named));
  }
  for (const auto& lane : lanes_) {
    const size_t per_lock = SlotsPerLock(lane->flows);
    for (size_t at = 0; at < lane->flows.capacity(); at += per_lock) {
      const std::scoped_lock lock(lock_);
      SettleClosed();
      lane->flows.EvictKeys(at, at + per_lock, [this](const FlowKey& key) {
        return keys_.IsRenamed(key);
      });
    }
  }
}

void Pipeline::SetServerClasses(std::shared_ptr<const ServerClasses> servers) {
  if (servers == servers_) return;
  {
    const std::scoped_lock lock(lock_);
    for (const auto& lane : lanes_) lane->classifier.set_servers(servers.get());
  }
  servers_ = std::move(servers);
}

void Pipeline::MakeRoom(Snapshot* snapshot) {
  size_t flows = 0;
  size_t services = 0;
  size_t name_servers = 0;
  {
    const std::scoped_lock lock(lock_);
    for (const auto& lane : lanes_) {
      flows += lane->flows.count();
      if (lane->health == nullptr) continue;
      services += lane->health->service_count();
      name_servers += lane->health->name_server_count();
    }
  }
  // For those that come meanwhile.
  flows += flows / 8 + 64;
  Touch(flows, &snapshot->flows);
  if (lanes_.front()->flows.has_extras()) Touch(flows, &snapshot->extras);
  if (services == 0) return;
  Touch(services + 1, &snapshot->health.tcp);
  Touch(name_servers + 1, &snapshot->health.dns);
}

void Pipeline::CopyTo(Snapshot* snapshot) {
  SettleClosed();
  EvictedSums evicted = ended_;
  snapshot->flows.clear();
  snapshot->extras.clear();
  snapshot->labels = keys_.options();
  snapshot->local_networks = keys_.local_networks();
  snapshot->names = keys_.names();
  snapshot->series_limit = 0;
  snapshot->decode_errors = {};
  snapshot->decode_anomalies = {};
  snapshot->health.Clear();
  snapshot->services = services_;
  snapshot->traffic_classes = traffic_classes_;
  for (const auto& lane : lanes_) {
    lane->flows.AppendTo(&snapshot->flows, &snapshot->extras);
    evicted.series += lane->flows.evicted().series;
    evicted.bytes += lane->flows.evicted().bytes;
    evicted.packets += lane->flows.evicted().packets;
    snapshot->series_limit += lane->flows.capacity();
    AddEach(lane->decode_errors, &snapshot->decode_errors);
    AddEach(lane->decode_anomalies, &snapshot->decode_anomalies);
    if (lane->health != nullptr) lane->health->AddTo(&snapshot->health);
  }
  snapshot->evicted_series = evicted.series;
  snapshot->evicted_bytes = evicted.bytes;
  snapshot->evicted_packets = evicted.packets;
}

void Pipeline::Merge(Snapshot* snapshot) const {
  if (lanes_.size() > 1)
    MergeFlows(hash_seed_, &snapshot->flows, &snapshot->extras);
}

}  // namespace ntm
