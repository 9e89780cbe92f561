// Packets on their way from the packet path to whoever writes them down.
//
// Units    bytes; ns since the epoch.
// Shape    one bounded ring per lane of the pipeline; of one_of() packets the
//          last one goes into it. What finds no room is counted and left out;
//          who reads a file waits for room instead (WaitForRoom).
// Threads  a PacketLane is fed by the thread of its lane and emptied by one
//          other thread: no lock, no allocation, no system call. Begin() once,
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

  // The lane's own thread.
  void Note(const Frame& frame, const Packet& packet,
            ClassId traffic_class) noexcept;
  // Waits until there is room for so many. REQUIRES: packets <= capacity, and
  // that somebody takes what is in it.
  void WaitForRoom(size_t packets) noexcept;

  // The other thread: appends what is there, `most` records at most; returns
  // how many.
  size_t Take(size_t most, std::vector<PacketRecord>* records);

  // Any thread.
  uint64_t taken_in() const noexcept { return head_.load(); }
  uint64_t dropped() const noexcept { return dropped_.load(); }

 private:
  // Constant after construction
  std::vector<PacketRecord> slots_;
  uint64_t mask_;
  uint64_t one_of_;

  // The feeding thread's; on cache lines of its own.
  alignas(64) std::atomic<uint64_t> head_ = 0;
  std::atomic<uint64_t> dropped_ = 0;
  uint64_t left_;
  uint64_t tail_seen_ = 0;

  alignas(64) std::atomic<uint64_t> tail_ = 0;  // the emptying thread's
};

class PacketLog {
 public:
  static constexpr size_t kLaneCapacity = 65536;

  explicit PacketLog(uint64_t one_of) : one_of_(one_of) {}

  // `class_names` by ClassId; `anonymizer` may be null.
  void Begin(size_t lanes, std::vector<std::string> class_names,
             std::shared_ptr<const Anonymizer> anonymizer);

  uint64_t one_of() const noexcept { return one_of_; }
  // None before Begin().
  const std::vector<std::unique_ptr<PacketLane>>& lanes() const noexcept {
    return lanes_;
  }
  // "" for kNoClass; kNoClass for a name that no class has.
  const std::string& ClassName(ClassId id) const { return class_names_.at(id); }
  ClassId Find(const std::string& class_name) const noexcept;
  // Unless it is null: no address is written but by its alias.
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
