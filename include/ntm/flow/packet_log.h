// Queues sampled packets between the capture threads and the packet log.
//
// Units    bytes; ns since the epoch.
// Shape    one bounded ring per lane of the pipeline; one packet in one_of() is
//          put into it. If the ring is full, the packet is counted as dropped;
//          when a file is read, WaitForRoom() prevents that.
// Threads  a PacketLane has one producer, its lane's capture thread, and one
//          consumer: no lock, no allocation, no system call. Begin() once,
//          before the first packet.
// Errors   none.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ntm/decode/packet.h"
#include "ntm/flow/traffic_class.h"
#include "ntm/net/address.h"
#include "ntm/net/anonymizer.h"
#include "ntm/net/protocol.h"

namespace ntm {

struct PacketRecord {
  int64_t time_ns = 0;
  Address src;  // none for a frame that could not be decoded
  Address dst;
  uint32_t wire_bytes = 0;
  uint16_t src_port = 0;  // valid iff has_ports
  uint16_t dst_port = 0;
  Protocol protocol = kProtocolUnknown;
  ClassId traffic_class = kNoClass;
  bool has_ports = false;
};

class PacketLane {
 public:
  // REQUIRES: `capacity` is a power of two.
  PacketLane(size_t capacity, uint64_t one_of);

  // On the lane's capture thread.
  void Note(const Frame& frame, const Packet& packet,
            ClassId traffic_class) noexcept;
  // Blocks until there is room for `packets` records. REQUIRES: packets <=
  // capacity, and a consumer that calls Take().
  void WaitForRoom(size_t packets) noexcept;

  // On the consumer's thread: moves at most `most` records to `records` and
  // returns how many.
  size_t Take(size_t most, std::vector<PacketRecord>* records);

  // On any thread: how many packets were put into the ring, and how many were
  // dropped because it was full.
  uint64_t taken_in() const noexcept { return head_.load(); }
  uint64_t dropped() const noexcept { return dropped_.load(); }

 private:
  // Constant after construction
  std::vector<PacketRecord> slots_;
  uint64_t mask_;
  uint64_t one_of_;

  // The producer's, on cache lines of their own.
  alignas(64) std::atomic<uint64_t> head_ = 0;
  std::atomic<uint64_t> dropped_ = 0;
  uint64_t left_;           // packets until the next one that is put in
  uint64_t tail_seen_ = 0;  // the last value read from tail_

  alignas(64) std::atomic<uint64_t> tail_ = 0;  // the consumer's
};

class PacketLog {
 public:
  static constexpr size_t kLaneCapacity = 65536;

  explicit PacketLog(uint64_t one_of) : one_of_(one_of) {}

  // `class_names` by ClassId; `anonymizer` may be null.
  void Begin(size_t lanes, std::vector<std::string> class_names,
             std::shared_ptr<const Anonymizer> anonymizer);

  uint64_t one_of() const noexcept { return one_of_; }
  // Empty before Begin().
  const std::vector<std::unique_ptr<PacketLane>>& lanes() const noexcept {
    return lanes_;
  }
  // "" for kNoClass; kNoClass for an unknown name.
  const std::string& ClassName(ClassId id) const { return class_names_.at(id); }
  ClassId Find(const std::string& class_name) const noexcept;
  // If not null, addresses are written as aliases only.
  const std::shared_ptr<const Anonymizer>& anonymizer() const noexcept {
    return anonymizer_;
  }

 private:
  uint64_t one_of_;
  std::vector<std::unique_ptr<PacketLane>> lanes_;
  std::vector<std::string> class_names_;
  std::shared_ptr<const Anonymizer> anonymizer_;
};

}  // namespace ntm
