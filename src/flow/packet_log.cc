#include "ntm/flow/packet_log.h"

#include <algorithm>
#include <utility>

namespace ntm {

PacketLane::PacketLane(size_t capacity, uint64_t one_of)
    : slots_(capacity), mask_(capacity - 1), one_of_(one_of), left_(one_of) {}

void PacketLane::Note(const Frame& frame, const Packet& packet,
                      ClassId traffic_class) noexcept {
  if (--left_ != 0) return;
  left_ = one_of_;
  const uint64_t head = head_.load(std::memory_order_relaxed);
  if (head - tail_seen_ > mask_) {
    tail_seen_ = tail_.load(std::memory_order_acquire);
    if (head - tail_seen_ > mask_) {
      dropped_.store(dropped_.load(std::memory_order_relaxed) + 1,
                     std::memory_order_relaxed);
      return;
    }
  }
  PacketRecord& record = slots_[head & mask_];
  record.time_ns = frame.time_ns;
  record.src = packet.src;
  record.dst = packet.dst;
  record.wire_bytes = frame.wire_bytes;
  record.src_port = packet.src_port;
  record.dst_port = packet.dst_port;
  record.protocol = packet.protocol;
  record.traffic_class = traffic_class;
  record.has_ports = packet.has_ports;
  head_.store(head + 1, std::memory_order_release);
}

void PacketLane::WaitForRoom(size_t packets) noexcept {
  const uint64_t head = head_.load(std::memory_order_relaxed);
  uint64_t tail = tail_.load(std::memory_order_acquire);
  while (head - tail + packets > slots_.size()) {
    tail_.wait(tail, std::memory_order_acquire);
    tail = tail_.load(std::memory_order_acquire);
  }
}

size_t PacketLane::Take(size_t most, std::vector<PacketRecord>* records) {
  const uint64_t tail = tail_.load(std::memory_order_relaxed);
  const uint64_t head = head_.load(std::memory_order_acquire);
  const uint64_t count = std::min<uint64_t>(head - tail, most);
  for (uint64_t i = 0; i < count; ++i) {
    records->push_back(slots_[(tail + i) & mask_]);
  }
  if (count > 0) {
    tail_.store(tail + count, std::memory_order_release);
    tail_.notify_one();
  }
  return count;
}

void PacketLog::Begin(size_t lanes, std::vector<std::string> class_names,
                      std::shared_ptr<const Anonymizer> anonymizer) {
  class_names_ = std::move(class_names);
  anonymizer_ = std::move(anonymizer);
  for (size_t i = 0; i < lanes; ++i) {
    lanes_.push_back(std::make_unique<PacketLane>(kLaneCapacity, one_of_));
  }
}

ClassId PacketLog::Find(const std::string& class_name) const noexcept {
  const auto found = std::ranges::find(class_names_, class_name);
  return found == class_names_.end()
             ? kNoClass
             : static_cast<ClassId>(found - class_names_.begin());
}

}  // namespace ntm
